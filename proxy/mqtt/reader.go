package mqtt

import "encoding/binary"

// reader is what is left of a packet. Its methods report false when that is not enough.
type reader []byte

func (r *reader) byte() (byte, bool) {
	if len(*r) < 1 {
		return 0, false
	}
	b := (*r)[0]
	*r = (*r)[1:]
	return b, true
}

func (r *reader) take(n int) ([]byte, bool) {
	if n > len(*r) {
		return nil, false
	}
	b := (*r)[:n:n]
	*r = (*r)[n:]
	return b, true
}

func (r *reader) uint16() (uint16, bool) {
	b, ok := r.take(2)
	if !ok {
		return 0, false
	}
	return binary.BigEndian.Uint16(b), true
}

func (r *reader) uint32() (uint32, bool) {
	b, ok := r.take(4)
	if !ok {
		return 0, false
	}
	return binary.BigEndian.Uint32(b), true
}

// bytes reads a string with its length before it.
func (r *reader) bytes() ([]byte, bool) {
	n, ok := r.uint16()
	if !ok {
		return nil, false
	}
	return r.take(int(n))
}

// bytesIf reads a string into to if there is one.
func (r *reader) bytesIf(there bool, to *[]byte) (ok bool) {
	if !there {
		return true
	}
	*to, ok = r.bytes()
	return ok
}

// length reads a number of one to four bytes, of seven bits each, the least ones first.
func (r *reader) length() (int, bool) {
	n := 0
	for shift := 0; shift < 28; shift += 7 {
		b, ok := r.byte()
		if !ok {
			return 0, false
		}
		n |= int(b&0x7f) << shift
		if b < 0x80 {
			return n, true
		}
	}
	return 0, false
}
