package meter

// constant is a constant expression of one instruction.
type constant struct {
	bytes    []byte // of the instruction, nil for ref.func
	function uint32 // what ref.func names
	i32      int32  // value of an i32.const
}

// Bits of an element segment's form.
const (
	elementNotActive  = 1 << iota // passive or declared
	elementExplicit               // names its table, or is declared when not active
	elementExpression             // entries are expressions
)

type elementSegment struct {
	form        uint32
	table       uint32
	offset      constant
	elementType byte
	entries     []constant
}

func (s *elementSegment) active() bool { return s.form&elementNotActive == 0 }

type dataSegment struct {
	active bool
	offset constant
	bytes  []byte
}

// readConstant reads a constant expression of one instruction and its end.
func (m *module) readConstant(r *reader) constant {
	start := r.position
	var c constant
	opcode, _, kind := decode(r)
	switch kind {
	case constI32:
		c.i32 = int32(r.signed(32))
	case constI64:
		r.signed(64)
	case constF32:
		r.take(4)
	case constF64:
		r.take(8)
	case referenceType:
		r.referenceType()
	default:
		if opcode != opRefFunc {
			// Only imported globals could be named here, and those are refused.
			r.refuse(start, "instruction 0x%02x in a constant expression", opcode)
			break
		}
		c.function = r.index("function", m.functionCount())
	}
	if opcode != opRefFunc {
		c.bytes = r.data[start:r.position]
	}
	end := r.position
	if r.byte() != opEnd {
		r.refuse(end, "constant expression of several instructions")
	}
	return c
}

// readOffset reads the place of an active segment.
func (m *module) readOffset(r *reader) constant {
	start := r.position
	c := m.readConstant(r)
	if r.err == nil && (c.bytes == nil || c.bytes[0] != opI32Const) {
		r.fail(start, "offset of a segment is no i32.const")
	}
	return c
}

func (m *module) readElements(r *reader) {
	n := r.count(2)
	m.elements = make([]elementSegment, 0, n)
	for range n {
		s := m.readElement(r)
		if r.err != nil {
			return
		}
		m.elements = append(m.elements, s)
	}
}

func (m *module) readElement(r *reader) elementSegment {
	start := r.position
	s := elementSegment{form: r.u32(), elementType: typeFunction}
	if s.form > 7 {
		r.refuse(start, "element segment of form %d", s.form)
	}
	if s.active() {
		if s.form&elementExplicit != 0 {
			s.table = r.index("table", len(m.tableOf))
		} else if r.err == nil && len(m.tableOf) == 0 {
			r.fail(start, "element segment without a table")
		}
		s.offset = m.readOffset(r)
	}
	if s.form&(elementNotActive|elementExplicit) != 0 {
		if s.form&elementExpression != 0 {
			s.elementType = r.referenceType()
		} else if offset := r.position; r.byte() != 0 {
			r.refuse(offset, "element kind other than functions")
		}
	}
	n := r.count(1)
	s.entries = make([]constant, 0, n)
	for range n {
		var c constant
		if s.form&elementExpression != 0 {
			c = m.readConstant(r)
		} else {
			c.function = r.index("function", m.functionCount())
		}
		if r.err != nil {
			return s
		}
		s.entries = append(s.entries, c)
	}
	return s
}

// announced reads the number of data segments that follow the code.
func (r *reader) announced() int {
	start := r.position
	n := r.u32()
	if n > maximumSize {
		r.fail(start, "%d data segments announced", n)
		return 0
	}
	return int(n)
}

func (m *module) readData(r *reader) {
	n := r.count(2)
	m.data = make([]dataSegment, 0, n)
	for range n {
		start := r.position
		form := r.u32()
		s := dataSegment{active: form != 1}
		switch form {
		case 0, 1:
		case 2:
			r.index("memory", 1)
		default:
			r.refuse(start, "data segment of form %d", form)
		}
		if s.active {
			if r.err == nil && m.memory == nil {
				r.fail(start, "active data segment without a memory")
			}
			s.offset = m.readOffset(r)
		}
		s.bytes = r.take(r.u32())
		if r.err != nil {
			return
		}
		m.data = append(m.data, s)
	}
}
