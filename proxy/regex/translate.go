package regex

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// spaces are the escapes whose meaning in PCRE differs from that of the engines, which leave the vertical tab or
// everything but it out: the ranges that stand for them in a class, and the ranges of all other characters.
var spaces = map[byte]struct{ members, others string }{
	's': {`\t-\r `, `\x00-\x08\x0e-\x1f!-\x{ff}`},
	'v': {`\n-\r\x{85}`, `\x00-\t\x0e-\x{84}\x{86}-\x{ff}`},
	'h': {`\t \x{a0}`, `\x00-\x08\n-\x1f!-\x{9f}\x{a1}-\x{ff}`},
}

// escapes are the letters and digits that both engines, or the backtracking one, understand after a backslash as PCRE
// does. Others they may take for themselves, or for something else.
const escapes = "0123456789abcdefknprstwxzABDGPWZ"

// translate writes a pattern of PCRE so that both engines understand it as PCRE does.
//
// Errors: an escape that neither has.
func translate(pattern string) (string, error) {
	var b strings.Builder
	class := false // between square brackets
	for i := 0; i < len(pattern); i++ {
		c := pattern[i]
		switch {
		case c >= utf8.RuneSelf:
			b.WriteRune(rune(c))
			continue
		case c == '\\' && i+1 < len(pattern):
			i++
			if pattern[i] == 'Q' {
				i = quote(&b, pattern, i+1)
			} else {
				if err := escape(&b, pattern[i], class); err != nil {
					return "", err
				}
			}
			continue
		case c == '[' && !class:
			class = true
			b.WriteByte(c)
			// A bracket that is the first member of a class does not end it.
			for _, first := range []byte{'^', ']'} {
				if i+1 < len(pattern) && pattern[i+1] == first {
					i++
					b.WriteByte(first)
				}
			}
			continue
		case c == '[' && strings.HasPrefix(pattern[i:], "[:"):
			if end := strings.Index(pattern[i:], ":]"); end > 0 {
				b.WriteString(pattern[i : i+end+2])
				i += end + 1
				continue
			}
		case c == ']':
			class = false
		}
		b.WriteByte(c)
	}
	return b.String(), nil
}

// quote writes what stands between \Q and \E, and returns the offset of its last byte.
func quote(b *strings.Builder, pattern string, from int) int {
	text, _, ended := strings.Cut(pattern[from:], `\E`)
	for _, c := range []byte(text) {
		if c < utf8.RuneSelf && c > ' ' && !isWord(c) {
			b.WriteByte('\\')
		}
		b.WriteRune(rune(c))
	}
	if !ended {
		return len(pattern)
	}
	return from + len(text) + 1
}

// escape writes what a backslash and c stand for, in a class or elsewhere.
func escape(b *strings.Builder, c byte, class bool) error {
	s, isSpace := spaces[c|0x20]
	ranges := s.members
	if c&0x20 == 0 {
		ranges = s.others
	}
	switch {
	case c >= utf8.RuneSelf:
		b.WriteRune(rune(c))
	case c == 'e':
		b.WriteString(`\x1b`)
	case c == 'E':
		// the end of a quotation that did not begin
	case c == 'N' && !class:
		b.WriteString(`[^\n]`)
	case c == 'R' && !class:
		b.WriteString(`(?>\r\n|[\n-\r\x{85}])`)
	case isSpace && class:
		b.WriteString(ranges)
	case isSpace:
		b.WriteString("[" + ranges + "]")
	case isWord(c) && c != '_' && strings.IndexByte(escapes, c) < 0:
		return fmt.Errorf("unsupported escape \\%c", c)
	default:
		b.WriteByte('\\')
		b.WriteByte(c)
	}
	return nil
}

func isWord(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_'
}
