package meter

// site is a place in a function where the output may differ from the input.
// Between sites a body is copied byte for byte.
type site struct {
	start, end uint32 // offsets of the instruction
	depth      uint32 // blocks open around it; as a label, the function itself
	index      uint32
	label      uint32 // of a branch
	kind       siteKind
}

// block is an open block. site is the number of a loop's site.
type block struct {
	opcode byte
	site   int
}

// tickAtHeader is the number of branches back from which a loop ticks at its header instead of at each of them. Most
// loops of an interpreter's tables and strings are left in their first pass, and ticking only on the way back costs
// them nothing: library calls gain 2 % and tables 3 % by it. A loop that dispatches instructions has a branch back for
// each; a branch table cannot tick for some of its labels; and a loop with parameters has operands in the way.
const tickAtHeader = 4

type siteKind uint8

const (
	siteLoop         siteKind = iota // end is behind the header; index counts the branches back
	siteBranchBack                   // br to a loop; index is the loop's site
	siteBranchIfBack                 // br_if to a loop; index is the loop's site
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
	var blocks []block // shared by all bodies
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
func (m *module) readBody(r *reader, f *definedFunction, blocks []block) []block {
	f.firstSite = len(m.sites)
	for {
		start := r.position
		s := site{start: uint32(start), depth: uint32(len(blocks))}
		opcode, misc, kind := decode(r)
		isSite := true
		switch kind {
		case blockType:
			plain := m.readBlockType(r)
			blocks = append(blocks, block{opcode, len(m.sites)})
			if len(blocks) > maximumNesting {
				r.fail(start, "blocks nested deeper than %d", maximumNesting)
			}
			if isSite = opcode == opLoop; isSite {
				f.hasLoop = true
				s.kind = siteLoop
				if !plain {
					s.index = tickAtHeader
				}
			}
		case label:
			n := r.index("label", len(blocks)+1)
			isSite = m.branchesBack(blocks, n, &s, opcode)
		case labelTable:
			isSite = false
			for n := r.count(1); n >= 0 && r.err == nil; n-- { // the default is one more
				if target := r.index("label", len(blocks)+1); int(target) < len(blocks) {
					if b := blocks[len(blocks)-1-int(target)]; b.opcode == opLoop {
						m.sites[b.site].index = tickAtHeader
					}
				}
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
			m.readImmediates(r, kind, f.locals)
		}
		switch opcode {
		case opElse:
			if n := len(blocks); n == 0 || blocks[n-1].opcode != opIf {
				r.fail(start, "else without if")
			} else {
				blocks[n-1].opcode = opElse
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

// readBlockType reports whether the type has no parameters.
func (m *module) readBlockType(r *reader) bool {
	if r.remaining() == 0 {
		r.byte()
		return true
	}
	if next := r.data[r.position]; next == blockEmpty {
		r.byte()
		return true
	} else if next&0xc0 == 0x40 { // one byte, negative
		r.valueType()
		return true
	}
	start := r.position
	if i := r.signed(33); r.err == nil && (i < 0 || i >= int64(len(m.types))) {
		r.fail(start, "unknown type %d", i)
	}
	return false
}

// branchesBack reports whether a branch to label n goes back to a loop, and notes
// it in the loop's site and in its own.
func (m *module) branchesBack(blocks []block, n uint32, s *site, opcode byte) bool {
	if int(n) >= len(blocks) {
		return false
	}
	b := blocks[len(blocks)-1-int(n)]
	if b.opcode != opLoop {
		return false
	}
	loop := &m.sites[b.site]
	if loop.index < tickAtHeader {
		loop.index++
	}
	s.kind, s.index, s.label = siteBranchBack, uint32(b.site), n
	if opcode == opBranchIf {
		s.kind = siteBranchIfBack
	}
	return true
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
func (m *module) readImmediates(r *reader, kind immediate, locals int) {
	switch kind {
	case nothing:
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
