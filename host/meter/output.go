package meter

// write assembles the output and returns it with the export names of its
// mutable globals.
func (p *plan) write() ([]byte, []string) {
	m := p.module
	w := &writer{bytes: make([]byte, 0, len(m.source)+len(m.source)/4+1024)}
	scratch := new(writer)
	section := func(id byte, write func(*writer)) {
		w.byte(id)
		w.sized(scratch, write)
	}
	// Code comes first because it adds types.
	code := new(writer)
	p.writeCode(code)

	w.append(preamble)
	section(sectionType, p.writeTypes)
	section(sectionImport, p.writeImports)
	section(sectionFunction, p.writeFunctions)
	if len(m.tableOf) > 0 {
		section(sectionTable, func(w *writer) { w.append(m.tables) })
	}
	if m.memory != nil {
		section(sectionMemory, func(w *writer) { w.append(m.memory) })
	}
	section(sectionGlobal, p.writeGlobals)
	var globals []string
	section(sectionExport, func(w *writer) { globals = p.writeExports(w) })
	section(sectionElement, p.writeElements)
	if len(m.data) > 0 {
		section(sectionDataCount, func(w *writer) { w.u32(uint32(p.dataSegments())) })
	}
	section(sectionCode, func(w *writer) { w.append(code.bytes) })
	if len(m.data) > 0 {
		section(sectionData, p.writeData)
	}
	if m.functionNames != nil {
		section(sectionCustom, p.writeNames)
	}
	return w.bytes, globals
}

func (p *plan) writeCode(w *writer) {
	m := p.module
	scratch := &writer{bytes: make([]byte, 0, 1<<16)}
	w.bytes = make([]byte, 0, len(m.source)+len(m.source)/4)
	w.u32(uint32(p.definedFunctions()))
	for i := range m.functions {
		w.sized(scratch, func(w *writer) { p.emitFunction(w, uint32(len(m.imports)+i)) })
	}
	if p.hasTry {
		w.sized(scratch, p.try)
	}
	w.sized(scratch, p.initData)
	for _, wrapped := range p.wrappers {
		w.sized(scratch, func(w *writer) { p.wrapper(w, wrapped) })
	}
}

// definedFunctions is the number of functions that the output defines.
func (p *plan) definedFunctions() int {
	n := len(p.module.functions) + 1 + len(p.wrappers)
	if p.hasTry {
		n++
	}
	return n
}

func (p *plan) writeFunctions(w *writer) {
	m := p.module
	w.u32(uint32(p.definedFunctions()))
	for i := range m.functions {
		w.u32(m.functions[i].typeIndex)
	}
	if p.hasTry {
		w.u32(p.types[tryType])
	}
	w.u32(p.types[functionType{}])
	for _, wrapped := range p.wrappers {
		w.u32(m.typeOf(int(wrapped)))
	}
}

func (p *plan) writeTypes(w *writer) {
	w.u32(uint32(len(p.module.types)))
	for _, t := range p.module.types {
		w.byte(typeSignature)
		w.name(t.parameters) // a vector of types has the form of a name
		w.name(t.results)
	}
}

func (p *plan) writeImports(w *writer) {
	kept := p.fuelFunction + 1
	for i, role := range p.roles {
		if role == roleHost || role == roleFuel {
			kept = max(kept, p.functionIndex[i]+1)
		}
	}
	w.u32(kept)
	for i, role := range p.roles {
		if role == roleHost || role == roleFuel {
			imported := &p.module.imports[i]
			w.name(imported.module)
			w.name(imported.name)
			w.byte(externalFunction)
			w.u32(imported.typeIndex)
		}
	}
	if !p.importsFuel() {
		w.name(p.config.ImportModule)
		w.name(p.config.Fuel)
		w.byte(externalFunction)
		w.u32(p.types[fuelType])
	}
}

func (p *plan) writeGlobals(w *writer) {
	m := p.module
	n := uint32(len(m.globals)) + 1
	if p.lowered {
		n++
	}
	w.u32(n)
	for i := range m.globals {
		g := &m.globals[i]
		w.byte(g.valueType)
		if g.mutable {
			w.byte(1)
		} else {
			w.byte(0)
		}
		p.writeConstant(w, &g.value)
	}
	w.byte(typeI64, 1)
	w.i64Const(initialFuel)
	w.byte(opEnd)
	if p.lowered {
		w.byte(typeI32, 1)
		w.i32Const(0)
		w.byte(opEnd)
	}
}

func (p *plan) writeConstant(w *writer, c *constant) {
	if c.bytes == nil {
		w.op(opRefFunc, p.functionIndex[c.function])
	} else {
		w.append(c.bytes)
	}
	w.byte(opEnd)
}

// writeExports writes the exports of the input except tables, and those of the
// pass, and returns the names of the mutable globals.
func (p *plan) writeExports(w *writer) []string {
	m := p.module
	names := make([]string, len(m.globals)) // of exported globals
	list := new(writer)
	n := uint32(0)
	add := func(name string, kind byte, index uint32) {
		list.name(name)
		list.byte(kind)
		list.u32(index)
		n++
	}
	for _, e := range m.exports {
		switch e.kind {
		case externalTable:
		case externalFunction:
			add(e.name, e.kind, p.exportedFunction(e.index))
		case externalGlobal:
			if names[e.index] == "" {
				names[e.index] = e.name
			}
			fallthrough
		default:
			add(e.name, e.kind, e.index)
		}
	}
	var mutable []string
	for i := range m.globals {
		if !m.globals[i].mutable {
			continue
		}
		if names[i] == "" {
			names[i] = generatedGlobalName(i)
			add(names[i], externalGlobal, uint32(i))
		}
		mutable = append(mutable, names[i])
	}
	add(GlobalFuel, externalGlobal, p.fuelGlobal)
	mutable = append(mutable, GlobalFuel)
	if p.lowered {
		add(GlobalUnwinding, externalGlobal, p.unwindingGlobal)
		mutable = append(mutable, GlobalUnwinding)
	}
	add(FunctionInitData, externalFunction, p.initDataFunction)
	w.u32(n)
	w.append(list.bytes)
	return mutable
}

// writeElements writes the element segments, and declares the functions that
// were declared for ref.func by an export which now names a wrapper.
func (p *plan) writeElements(w *writer) {
	m := p.module
	n := uint32(len(m.elements))
	if len(p.wrappers) > 0 {
		n++
	}
	w.u32(n)
	for i := range m.elements {
		s := &m.elements[i]
		w.u32(s.form)
		if s.active() {
			if s.form&elementExplicit != 0 {
				w.u32(s.table)
			}
			p.writeConstant(w, &s.offset)
		}
		if s.form&(elementNotActive|elementExplicit) != 0 {
			if s.form&elementExpression != 0 {
				w.byte(s.elementType)
			} else {
				w.byte(0) // functions
			}
		}
		w.u32(uint32(len(s.entries)))
		for j := range s.entries {
			if s.form&elementExpression != 0 {
				p.writeConstant(w, &s.entries[j])
			} else {
				w.u32(p.functionIndex[s.entries[j].function])
			}
		}
	}
	if len(p.wrappers) > 0 {
		w.u32(elementNotActive | elementExplicit) // declared
		w.byte(0)                                 // functions
		w.u32(uint32(len(p.wrappers)))
		for _, wrapped := range p.wrappers {
			w.u32(p.functionIndex[wrapped])
		}
	}
}
