package meter

import (
	"fmt"
	"unicode/utf8"
)

// reader decodes the primitives of the binary format. Offsets in errors are
// those of the whole module, so a reader of a section shares the module's bytes
// and differs in where it ends.
//
// The first error sticks: later reads return zero and consume nothing. Loops
// over counts from the input check err, everything else may check once.
type reader struct {
	data     []byte // up to the end of what may be read
	position int
	err      error
}

func (r *reader) fail(offset int, format string, arguments ...any) {
	r.stop(&FormatError{Offset: offset, Reason: fmt.Sprintf(format, arguments...)})
}

func (r *reader) refuse(offset int, format string, arguments ...any) {
	r.stop(&UnsupportedError{Offset: offset, What: fmt.Sprintf(format, arguments...)})
}

func (r *reader) stop(err error) {
	if r.err == nil {
		r.err = err
		r.position = len(r.data)
	}
}

func (r *reader) remaining() int { return len(r.data) - r.position }

func (r *reader) byte() byte {
	if r.position >= len(r.data) {
		r.fail(r.position, "unexpected end")
		return 0
	}
	b := r.data[r.position]
	r.position++
	return b
}

// take returns the next n bytes of the input itself, not a copy.
func (r *reader) take(n uint32) []byte {
	if uint64(n) > uint64(r.remaining()) {
		r.fail(r.position, "unexpected end: %d bytes wanted, %d left", n, r.remaining())
		return nil
	}
	b := r.data[r.position : r.position+int(n)]
	r.position += int(n)
	return b
}

func (r *reader) u32() uint32 {
	if p := r.position; p < len(r.data) && r.data[p] < 0x80 {
		r.position++
		return uint32(r.data[p])
	}
	return uint32(r.unsigned(32))
}

func (r *reader) unsigned(bits uint) uint64 {
	start := r.position
	var value uint64
	for shift := uint(0); ; shift += 7 {
		b := r.byte()
		if r.err != nil {
			return 0
		}
		if shift+7 > bits && b>>(bits-shift) != 0 {
			r.fail(start, "integer too large")
			return 0
		}
		value |= uint64(b&0x7f) << shift
		if b < 0x80 {
			return value
		}
	}
}

// signed reads a signed LEB128 integer of at most that many bits.
func (r *reader) signed(bits uint) int64 {
	start := r.position
	var value int64
	for shift := uint(0); ; shift += 7 {
		b := r.byte()
		if r.err != nil {
			return 0
		}
		if shift+7 >= bits {
			// The last byte has no continuation, and its unused bits repeat the sign.
			unused := int8(b<<1) >> (bits - shift)
			if b >= 0x80 || (unused != 0 && unused != -1) {
				r.fail(start, "integer too large")
				return 0
			}
		}
		value |= int64(b&0x7f) << shift
		if b < 0x80 {
			if shift+7 < 64 {
				value = value << (64 - shift - 7) >> (64 - shift - 7)
			}
			return value
		}
	}
}

// count reads the length of a vector. Each of its elements takes at least
// elementSize bytes, so a count beyond the remaining input is refused before
// anything is allocated for it.
func (r *reader) count(elementSize int) int {
	start := r.position
	n := r.u32()
	if uint64(n)*uint64(elementSize) > uint64(r.remaining()) {
		r.fail(start, "count %d exceeds the section", n)
		return 0
	}
	return int(n)
}

func (r *reader) name() string {
	start := r.position
	b := r.take(r.u32())
	if !utf8.Valid(b) {
		r.fail(start, "name is not UTF-8")
		return ""
	}
	return string(b)
}

// index reads an index below limit.
func (r *reader) index(space string, limit int) uint32 {
	start := r.position
	i := r.u32()
	if r.err == nil && uint64(i) >= uint64(limit) {
		r.fail(start, "unknown %s %d", space, i)
		return 0
	}
	return i
}

// within returns a reader of the next size bytes and moves past them.
func (r *reader) within(size uint32) *reader {
	start := r.position
	r.take(size)
	return &reader{data: r.data[:r.position], position: min(start, r.position), err: r.err}
}

// end reports bytes that nothing has read.
func (r *reader) end(what string) {
	if r.err == nil && r.remaining() > 0 {
		r.fail(r.position, "%d unexpected bytes at the end of the %s", r.remaining(), what)
	}
}
