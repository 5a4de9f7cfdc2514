package meter

// writer appends the primitives of the binary format.
type writer struct {
	bytes []byte
}

func (w *writer) byte(b ...byte) { w.bytes = append(w.bytes, b...) }

func (w *writer) append(b []byte) { w.bytes = append(w.bytes, b...) }

func (w *writer) u32(v uint32) {
	for v >= 0x80 {
		w.bytes = append(w.bytes, byte(v)|0x80)
		v >>= 7
	}
	w.bytes = append(w.bytes, byte(v))
}

func (w *writer) signed(v int64) {
	for v < -0x40 || v >= 0x40 {
		w.bytes = append(w.bytes, byte(v)|0x80)
		v >>= 7
	}
	w.bytes = append(w.bytes, byte(v)&0x7f)
}

func (w *writer) name(s string) {
	w.u32(uint32(len(s)))
	w.bytes = append(w.bytes, s...)
}

// sized appends what write appends, preceded by its length.
func (w *writer) sized(scratch *writer, write func(*writer)) {
	scratch.bytes = scratch.bytes[:0]
	write(scratch)
	w.u32(uint32(len(scratch.bytes)))
	w.append(scratch.bytes)
}

// op appends an instruction with index immediates.
func (w *writer) op(opcode byte, immediates ...uint32) {
	w.byte(opcode)
	for _, i := range immediates {
		w.u32(i)
	}
}

func (w *writer) i32Const(v int32) {
	w.byte(opI32Const)
	w.signed(int64(v))
}

func (w *writer) i64Const(v int64) {
	w.byte(opI64Const)
	w.signed(v)
}
