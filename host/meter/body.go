package meter

// site is a place in a function where the output may differ from the input.
// Between sites a body is copied byte for byte.
type site struct {
	start, end uint32 // offsets of the instruction
	depth      uint32 // blocks open around it; as a label, the function itself
	index      uint32
	kind       siteKind
}

type siteKind uint8

const (
	siteLoop         siteKind = iota // end is behind the header
	siteCall                         // index is the function
	siteCallIndirect                 // index is the type
	siteRefFunc                      // index is the function
	siteBulk                         // memory.copy or memory.fill
	siteMemoryInit                   // index is the data segment
	siteDataDrop                     // index is the data segment
)

func (m *module) readCode(r *reader) {
	start := r.position
	n := r.count(3)
	if r.err == nil && n != len(m.functions) {
		r.fail(start, "code of %d functions for %d declared", n, len(m.functions))
	}
	var blocks []byte // opcodes of the open blocks; shared by all bodies
	for i := range m.functions {
		body := r.within(r.u32())
		m.readLocals(body, &m.functions[i])
		blocks = m.readBody(body, &m.functions[i], blocks[:0])
		body.end("function")
		if r.err = body.err; r.err != nil {
			return
		}
	}
}

func (m *module) readLocals(r *reader, f *definedFunction) {
	f.locals = len(m.types[f.typeIndex].parameters)
	f.groups = r.count(2)
	f.groupsStart = r.position
	for range f.groups {
		start := r.position
		n := r.u32()
		r.valueType()
		if r.err != nil {
			return
		}
		if uint64(f.locals)+uint64(n) > maximumLocals {
			r.fail(start, "function with more than %d locals", maximumLocals)
			return
		}
		f.locals += int(n)
	}
	f.start = r.position
}

// readBody walks the instructions of a function, checks their indices, and notes
// its sites. It returns blocks for the next function to use.
func (m *module) readBody(r *reader, f *definedFunction, blocks []byte) []byte {
	f.firstSite = len(m.sites)
	for {
		start := r.position
		s := site{start: uint32(start), depth: uint32(len(blocks))}
		opcode, misc, kind := decode(r)
		isSite := true
		switch kind {
		case blockType:
			m.readBlockType(r)
			blocks = append(blocks, opcode)
			if len(blocks) > maximumNesting {
				r.fail(start, "blocks nested deeper than %d", maximumNesting)
			}
			if isSite = opcode == opLoop; isSite {
				f.hasLoop = true
				s.kind = siteLoop
			}
		case function:
			s.index = r.index("function", m.functionCount())
			s.kind = siteCall
			if opcode == opRefFunc {
				s.kind = siteRefFunc
			}
		case callIndirect:
			s.kind, s.index = siteCallIndirect, r.index("type", len(m.types))
			r.index("table", len(m.tableOf))
		case memoryInit:
			f.hasBulk = true
			s.kind, s.index = siteMemoryInit, m.readDataIndex(r)
			m.readMemoryIndex(r)
		case dataIndex:
			s.kind, s.index = siteDataDrop, m.readDataIndex(r)
		default:
			isSite = opcode == opPrefixMisc && (misc == miscMemoryCopy || misc == miscMemoryFill)
			if isSite {
				f.hasBulk = true
				s.kind = siteBulk
			}
			m.readImmediates(r, kind, f.locals, len(blocks))
		}
		switch opcode {
		case opElse:
			if n := len(blocks); n == 0 || blocks[n-1] != opIf {
				r.fail(start, "else without if")
			} else {
				blocks[n-1] = opElse
			}
		case opEnd:
			if len(blocks) == 0 {
				f.end, f.endSite = r.position, len(m.sites)
				return blocks
			}
			blocks = blocks[:len(blocks)-1]
		}
		if r.err != nil {
			return blocks
		}
		if isSite {
			s.end = uint32(r.position)
			m.sites = append(m.sites, s)
		}
	}
}

func (m *module) readBlockType(r *reader) {
	if r.remaining() == 0 {
		r.byte()
		return
	}
	if next := r.data[r.position]; next == blockEmpty {
		r.byte()
		return
	} else if next&0xc0 == 0x40 { // one byte, negative
		r.valueType()
		return
	}
	start := r.position
	if i := r.signed(33); r.err == nil && (i < 0 || i >= int64(len(m.types))) {
		r.fail(start, "unknown type %d", i)
	}
}

func (m *module) readMemoryIndex(r *reader) {
	start := r.position
	if i := r.u32(); i != 0 {
		r.refuse(start, "more than one memory")
	} else if r.err == nil && m.memory == nil {
		r.fail(start, "unknown memory 0")
	}
}

func (m *module) readDataIndex(r *reader) uint32 {
	if r.err == nil && m.dataCount < 0 {
		r.fail(r.position, "data segment named without a data count section")
	}
	return r.index("data segment", m.dataCount)
}

// readImmediates reads the immediates of an instruction that is never a site.
func (m *module) readImmediates(r *reader, kind immediate, locals, depth int) {
	switch kind {
	case nothing:
	case label:
		r.index("label", depth+1)
	case labelTable:
		for n := r.count(1); n >= 0 && r.err == nil; n-- { // the default is one more
			r.index("label", depth+1)
		}
	case valueTypes:
		r.valueTypes()
	case local:
		r.index("local", locals)
	case globalIndex:
		r.index("global", len(m.globals))
	case tableIndex:
		r.index("table", len(m.tableOf))
	case memoryArgument:
		start := r.position
		if alignment := r.u32(); alignment >= 0x40 {
			r.refuse(start, "more than one memory")
		}
		r.u32()
		if r.err == nil && m.memory == nil {
			r.fail(start, "unknown memory 0")
		}
	case memoryIndex:
		m.readMemoryIndex(r)
	case twoMemoryIndices:
		m.readMemoryIndex(r)
		m.readMemoryIndex(r)
	case constI32:
		r.signed(32)
	case constI64:
		r.signed(64)
	case constF32:
		r.take(4)
	case constF64:
		r.take(8)
	case referenceType:
		r.referenceType()
	}
}
