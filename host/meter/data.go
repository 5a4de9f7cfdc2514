package meter

// initData emits the body of FunctionInitData. The segments are not dropped
// afterwards: see emptySegment for how the input sees them all the same.
func (p *plan) initData(w *writer) {
	w.byte(0) // locals
	for i := range p.module.data {
		if s := &p.module.data[i]; s.active {
			w.i32Const(s.offset.i32)
			w.i32Const(0)
			w.i32Const(int32(len(s.bytes)))
			w.byte(opPrefixMisc)
			w.op(miscMemoryInit, uint32(i), 0)
		}
	}
	w.byte(opEnd)
}

// dataIndex returns the segment that an instruction of the input names in the
// output. An active segment counts as dropped once the module is instantiated,
// and an empty one behaves exactly like that.
func (p *plan) dataIndex(index uint32) uint32 {
	if p.module.data[index].active {
		return p.emptySegment()
	}
	return index
}

// emptySegment is behind all segments of the input.
func (p *plan) emptySegment() uint32 { return uint32(len(p.module.data)) }

func (p *plan) dataSegments() int { return len(p.module.data) + 1 }

// writeData writes all segments as passive ones.
func (p *plan) writeData(w *writer) {
	w.u32(uint32(p.dataSegments()))
	for i := range p.module.data {
		w.byte(1) // passive
		w.u32(uint32(len(p.module.data[i].bytes)))
		w.append(p.module.data[i].bytes)
	}
	w.byte(1, 0)
}
