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
