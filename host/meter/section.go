package meter

func isReference(valueType byte) bool {
	return valueType == typeFunction || valueType == typeExternal
}

func (r *reader) valueType() byte {
	start := r.position
	t := r.byte()
	switch t {
	case typeI32, typeI64, typeF32, typeF64, typeFunction, typeExternal:
	case typeV128:
		r.refuse(start, "SIMD type v128")
	default:
		r.refuse(start, "value type 0x%02x", t)
	}
	return t
}

func (r *reader) referenceType() byte {
	start := r.position
	t := r.valueType()
	if r.err == nil && !isReference(t) {
		r.fail(start, "0x%02x is no reference type", t)
	}
	return t
}

func (r *reader) valueTypes() string {
	start := r.position
	n := r.count(1)
	if n > maximumArity {
		r.fail(start, "function type with more than %d parameters or results", maximumArity)
		return ""
	}
	types := make([]byte, n)
	for i := range types {
		types[i] = r.valueType()
	}
	return string(types)
}

func (m *module) readTypes(r *reader) {
	n := r.count(3)
	m.types = make([]functionType, 0, n)
	for range n {
		start := r.position
		if form := r.byte(); r.err == nil && form != typeSignature {
			r.refuse(start, "type form 0x%02x", form)
		}
		t := functionType{parameters: r.valueTypes(), results: r.valueTypes()}
		if r.err != nil {
			return
		}
		m.types = append(m.types, t)
	}
}

func (m *module) readImports(r *reader) {
	n := r.count(4)
	m.imports = make([]functionImport, 0, n)
	for range n {
		start := r.position
		i := functionImport{offset: start, module: r.name(), name: r.name()}
		switch kind := r.byte(); kind {
		case externalFunction:
			i.typeIndex = r.index("type", len(m.types))
		case externalTable:
			r.refuse(start, "imported table")
		case externalMemory:
			r.refuse(start, "imported memory")
		case externalGlobal:
			r.refuse(start, "imported global")
		default:
			r.refuse(start, "import of kind %d", kind)
		}
		if r.err != nil {
			return
		}
		m.imports = append(m.imports, i)
	}
}

func (m *module) readFunctions(r *reader) {
	n := r.count(1)
	m.functions = make([]definedFunction, n)
	for i := range m.functions {
		m.functions[i].typeIndex = r.index("type", len(m.types))
		if r.err != nil {
			return
		}
	}
}

// limits reads the limits of a table or memory and returns the minimum.
func (r *reader) limits(what string) uint32 {
	start := r.position
	flags := r.u32()
	switch {
	case flags <= 1:
	case flags <= 3:
		r.refuse(start, "shared %s", what)
	case flags <= 7:
		r.refuse(start, "64-bit %s", what)
	default:
		r.refuse(start, "%s limits 0x%02x", what, flags)
	}
	minimum := r.u32()
	if flags == 1 {
		r.u32()
	}
	return minimum
}

func (m *module) readTables(r *reader) {
	start := r.position
	n := r.count(3)
	m.tableOf = make([]byte, 0, n)
	entries := uint64(0)
	for range n {
		offset := r.position
		if r.remaining() > 0 && r.data[offset] == blockEmpty {
			r.refuse(offset, "table with an initial value")
		}
		m.tableOf = append(m.tableOf, r.referenceType())
		entries += uint64(r.limits("table"))
		if r.err == nil && entries > maximumTableEntries {
			r.fail(offset, "tables with more than %d entries", maximumTableEntries)
		}
		if r.err != nil {
			return
		}
	}
	m.tables = r.data[start:r.position]
}

func (m *module) readMemory(r *reader) {
	start := r.position
	n := r.count(2)
	if n > 1 {
		r.refuse(start, "more than one memory")
	}
	if n == 0 {
		return
	}
	r.limits("memory")
	m.memory = r.data[start:r.position]
}

func (m *module) readGlobals(r *reader) {
	n := r.count(4)
	m.globals = make([]global, 0, n)
	for range n {
		start := r.position
		g := global{valueType: r.valueType()}
		mutability := r.byte()
		g.mutable = mutability == 1
		if r.err == nil && mutability > 1 {
			r.refuse(start, "global of mutability 0x%02x", mutability)
		}
		if g.mutable && isReference(g.valueType) {
			// A reference belongs to one instance: no snapshot can carry it to another.
			r.refuse(start, "mutable global of reference type")
		}
		g.value = m.readConstant(r)
		if r.err != nil {
			return
		}
		m.globals = append(m.globals, g)
	}
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

func (m *module) readExports(r *reader) {
	n := r.count(3)
	m.exports = make([]export, 0, n)
	seen := make(map[string]bool, n)
	for range n {
		start := r.position
		e := export{name: r.name(), kind: r.byte()}
		switch e.kind {
		case externalFunction:
			e.index = r.index("function", m.functionCount())
		case externalTable:
			e.index = r.index("table", len(m.tableOf))
		case externalMemory:
			e.index = r.index("memory", m.memoryCount())
		case externalGlobal:
			e.index = r.index("global", len(m.globals))
		default:
			r.refuse(start, "export of kind %d", e.kind)
		}
		if r.err == nil && seen[e.name] {
			r.fail(start, "export %q twice", e.name)
		}
		if r.err == nil && len(e.name) >= len(reservedPrefix) && e.name[:len(reservedPrefix)] == reservedPrefix {
			r.refuse(start, "export %q, a reserved name,", e.name)
		}
		if r.err != nil {
			return
		}
		seen[e.name] = true
		m.exports = append(m.exports, e)
	}
}

func (m *module) memoryCount() int {
	if m.memory == nil {
		return 0
	}
	return 1
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
