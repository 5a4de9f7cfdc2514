package logformat

// byteSet has a bit for each byte.
type byteSet [4]uint64

func (s *byteSet) has(c byte) bool { return s[c>>6]&(1<<(c&63)) != 0 }

func setOf(member func(c byte) bool) (s byteSet) {
	for i := range 256 {
		if member(byte(i)) {
			s[i>>6] |= 1 << (i & 63)
		}
	}
	return s
}

var (
	// What HAProxy encodes in header values and bodies that are formatted.
	unsafeInText = setOf(func(c byte) bool { return c < ' ' && c != '\t' || c == 0x7f })
	// Expressions in log lines: HAProxy writes them as they are, which lets a client forge lines.
	unsafeInLine = setOf(func(c byte) bool { return c < ' ' && c != '\t' || c == 0x7f })
	// Captured headers in log lines (manual, section 8.6).
	unsafeInHeader = setOf(func(c byte) bool {
		return c < ' ' || c >= 0x7f || c == '#' || c == '"' || c == '{' || c == '|' || c == '}'
	})
	// Request lines in log lines (manual, section 8.6).
	unsafeInRequest = setOf(func(c byte) bool { return c < ' ' || c >= 0x7f || c == '#' || c == '"' })
)

const hexDigits = "0123456789ABCDEF"

// encode appends text with the unsafe bytes as two hexadecimal digits after a mark.
func encode(b, text []byte, unsafe byteSet, mark byte, fl flags) []byte {
	for _, c := range text {
		switch {
		case unsafe.has(c):
			b = append(b, mark, hexDigits[c>>4], hexDigits[c&15])
		case fl&escaped != 0 && (c == '"' || c == '\\' || c == ']'):
			b = append(b, '\\', c)
		default:
			b = append(b, c)
		}
	}
	return b
}

// quote is encode between double quotes if the flags say so.
func quote(b, text []byte, unsafe byteSet, mark byte, fl flags) []byte {
	if fl&quoted == 0 {
		return encode(b, text, unsafe, mark, fl)
	}
	return append(encode(append(b, '"'), text, unsafe, mark, fl), '"')
}
