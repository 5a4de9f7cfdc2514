package meter

// emitFunction writes the locals and the instructions of a function: those of the
// input, copied in runs between the sites.
func (p *plan) emitFunction(w *writer, node uint32) {
	m := p.module
	f := &m.functions[int(node)-len(m.imports)]
	results := m.types[f.typeIndex].results
	throws := p.throws[node]
	temporary := uint32(f.locals)

	if p.checked[node] || f.hasLoop || f.hasBulk {
		w.u32(uint32(f.groups) + 1)
		w.append(m.source[f.groupsStart:f.start])
		w.byte(1, typeI64)
	} else {
		w.u32(uint32(f.groups))
		w.append(m.source[f.groupsStart:f.start])
	}
	if p.checked[node] {
		p.tick(w, temporary)
	}
	if throws && len(results) > 0 {
		p.openUnwinding(w, results)
	}
	copied := uint32(f.start)
	for i := f.firstSite; i < f.endSite; i++ {
		s := &m.sites[i]
		w.append(m.source[copied:s.start])
		copied = s.end
		p.emitSite(w, s, f, results, temporary)
	}
	w.append(m.source[copied:f.end])
	if throws && len(results) > 0 {
		p.closeUnwinding(w, results)
	}
}

// emitSite writes what takes the place of one instruction.
func (p *plan) emitSite(w *writer, s *site, f *definedFunction, results string, temporary uint32) {
	m := p.module
	original := m.source[s.start:s.end]
	switch s.kind {
	case siteLoop:
		w.append(original)
		if s.index >= tickAtHeader {
			p.tick(w, temporary)
		}
	case siteBranchBack:
		if m.sites[s.index].index < tickAtHeader {
			p.tick(w, temporary)
		}
		w.append(original)
	case siteBranchIfBack:
		if m.sites[s.index].index >= tickAtHeader {
			w.append(original)
			return
		}
		w.byte(opIf, blockEmpty)
		p.tick(w, temporary)
		w.op(opBranch, s.label+1)
		w.byte(opEnd)
	case siteCall:
		if int(s.index) < len(p.roles) && p.roles[s.index] == roleThrow {
			p.throw(w, unwindLabel(s.depth, results))
			return
		}
		w.op(opCall, p.functionIndex[s.index])
		if p.throws[s.index] && !m.returnsAt(f, s.end) {
			p.testUnwinding(w, unwindLabel(s.depth, results))
		}
	case siteCallIndirect:
		w.append(original)
		if p.throws[m.functionCount()+int(p.types[m.types[s.index]])] && !m.returnsAt(f, s.end) {
			p.testUnwinding(w, unwindLabel(s.depth, results))
		}
	case siteRefFunc:
		w.op(opRefFunc, p.functionIndex[s.index])
	case siteBulk:
		p.chargeBulk(w, temporary)
		w.append(original)
	case siteMemoryInit:
		p.chargeBulk(w, temporary)
		w.byte(opPrefixMisc)
		w.op(miscMemoryInit, p.dataIndex(s.index), 0)
	case siteDataDrop:
		w.byte(opPrefixMisc)
		w.op(miscDataDrop, p.dataIndex(s.index))
	}
}

// returnsAt reports whether the function returns at that offset. A call just
// before needs no test: the caller makes the same one a moment later.
func (m *module) returnsAt(f *definedFunction, offset uint32) bool {
	return m.source[offset] == opReturn || int(offset) == f.end-1
}
