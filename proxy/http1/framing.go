package http1

import (
	"tidelock/proxy/message"
)

// FramingKind says how the end of a body is found (RFC 9112, section 6.3).
type FramingKind uint8

const (
	NoBody     FramingKind = iota
	Length                 // Content-Length
	Chunked                // the chunked transfer coding
	UntilClose             // a response that ends with the connection
)

// Framing describes a body on the wire.
type Framing struct {
	Kind   FramingKind
	Length int64 // of a Length body
}

// Empty reports whether no byte of a body will come.
func (f Framing) Empty() bool { return f.Kind == NoBody || f.Kind == Length && f.Length == 0 }

// coding is what the Transfer-Encoding headers amount to.
type coding uint8

const (
	noCoding coding = iota
	otherCoding
	chunkedLast
	otherThenChunked
)

// maxLength keeps sums of lengths far from overflow.
const maxLength = 1<<62 - 1

// parseLength reads the value of a Content-Length header: digits only.
func parseLength(b []byte) (int64, bool) {
	if len(b) == 0 {
		return 0, false
	}
	var n int64
	for _, c := range b {
		if !is(c, digitByte) || n > (maxLength-9)/10 {
			return 0, false
		}
		n = n*10 + int64(c-'0')
	}
	return n, true
}

// noteLength takes in Content-Length header i. Repetitions of one value, in one header or several, count once
// (RFC 9110, section 8.6) and are brought down to one.
func (h *Head) noteLength(m *message.Message, i int) error {
	value := m.Value(i)
	first, rest := nextElement(value)
	n, ok := parseLength(first)
	if !ok || h.length && n != h.Body.Length {
		return errLength
	}
	for rest != nil {
		var element []byte
		element, rest = nextElement(rest)
		if other, ok := parseLength(element); !ok || other != n {
			return errLength
		}
	}
	switch {
	case h.length:
		m.Remove(i)
	case len(first) < len(value):
		m.Replace(i, first)
	}
	h.length, h.Body.Length = true, n
	return nil
}

// noteCodings takes in a Transfer-Encoding header. Chunked may come once, and last.
func (h *Head) noteCodings(value []byte) error {
	for value != nil {
		var element []byte
		element, value = nextElement(value)
		chunked := equalFold(element, "chunked")
		switch {
		case len(element) == 0:
			continue
		case h.codings == chunkedLast || h.codings == otherThenChunked:
			return errCoding
		case chunked && h.codings == otherCoding:
			h.codings = otherThenChunked
		case chunked:
			h.codings = chunkedLast
		default:
			h.codings = otherCoding
		}
	}
	if h.codings == noCoding {
		return errCoding
	}
	return nil
}

// frame decides the framing from the headers noted. Transfer-Encoding overrides Content-Length, which is dropped, and
// the connection is not trusted with another message after such a one (RFC 9112, section 6.1).
func (h *Head) frame(m *message.Message) error {
	switch h.codings {
	case chunkedLast:
		if h.length {
			m.Delete("content-length")
			h.close = true
		}
		if major, minor := m.Version(); major < 1 || major == 1 && minor == 0 {
			h.close = true
		}
		h.Body = Framing{Kind: Chunked}
	case otherCoding:
		return errCoding
	case otherThenChunked:
		return errOtherCoding
	default:
		if h.length {
			h.Body.Kind = Length
		}
	}
	return nil
}

// ContentLength returns the length that a generated message announces. A value that is no number counts as none.
func ContentLength(m *message.Message) (int64, bool) {
	i := m.Find("content-length", -1)
	if i < 0 {
		return 0, false
	}
	return parseLength(m.Value(i))
}
