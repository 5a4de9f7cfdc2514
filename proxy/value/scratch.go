package value

// maxKept bounds the memory that a Scratch keeps for its next use, so that one large value does not stay for ever.
const maxKept = 64 << 10

// Scratch is an arena for the bytes that an evaluation builds. What was kept in it stays valid until Reset. The zero
// value is ready; it is not safe for concurrent use. The idiom is
//
//	b := scratch.Buffer()
//	b = append(b, ...)
//	return Text(scratch.Keep(b))
type Scratch struct{ buf []byte }

// Buffer returns an empty slice to append to. Between it and Keep nothing else may use the scratch.
func (s *Scratch) Buffer() []byte { return s.buf[len(s.buf):] }

// Keep makes b, which must have grown from Buffer, permanent until Reset and returns it with no room to append to.
func (s *Scratch) Keep(b []byte) []byte {
	if cap(b) > cap(s.buf)-len(s.buf) {
		// append moved b to an array of its own, which becomes the arena; older values keep the previous one alive.
		s.buf = b
	} else {
		s.buf = s.buf[:len(s.buf)+len(b)]
	}
	return b[:len(b):len(b)]
}

// Reset frees everything that was kept.
func (s *Scratch) Reset() {
	if cap(s.buf) > maxKept {
		s.buf = nil
		return
	}
	s.buf = s.buf[:0]
}
