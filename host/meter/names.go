package meter

import (
	"maps"
	"slices"
)

const nameFunctions = 1 // subsection with the names of functions

// readCustom keeps the function names of the name section, for the engine's
// stack traces. Names mean nothing to the module: what is malformed is dropped,
// and so are all other custom sections.
func (m *module) readCustom(r *reader) {
	if r.name() != "name" || m.functionNames != nil {
		return
	}
	for r.err == nil && r.remaining() > 0 {
		id := r.byte()
		subsection := r.within(r.u32())
		if r.err == nil && id == nameFunctions {
			m.functionNames = readFunctionNames(subsection)
			return
		}
	}
}

// readFunctionNames returns nil for malformed names.
func readFunctionNames(r *reader) map[uint32]string {
	n := r.count(2)
	names := make(map[uint32]string, n)
	for range n {
		index := r.u32()
		names[index] = r.name()
		if r.err != nil {
			return nil
		}
	}
	return names
}

// writeNames writes a name section for the output.
func (p *plan) writeNames(w *writer) {
	names := make(map[uint32]string, len(p.module.functionNames)+len(p.wrappers)+1)
	for i, index := range p.functionIndex {
		if i < len(p.roles) && p.roles[i] == roleThrow {
			continue
		}
		if name, found := p.module.functionNames[uint32(i)]; found {
			names[index] = name
		}
	}
	names[p.initDataFunction] = FunctionInitData
	for _, wrapped := range p.wrappers {
		if name, found := p.module.functionNames[wrapped]; found {
			names[p.wrapperIndex[wrapped]] = name + " (export)"
		}
	}
	list := new(writer)
	list.u32(uint32(len(names)))
	for _, index := range slices.Sorted(maps.Keys(names)) {
		list.u32(index)
		list.name(names[index])
	}
	w.name("name")
	w.byte(nameFunctions)
	w.u32(uint32(len(list.bytes)))
	w.append(list.bytes)
}
