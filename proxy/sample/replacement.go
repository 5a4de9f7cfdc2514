package sample

import "regexp"

// Replacement is what takes the place of a regex match: text in which \0 to \9 stand for the groups of the match and
// \xNN for a byte. It is compiled from its text once.
type Replacement []replacementPart

type replacementPart struct {
	text  string
	group int // -1 for text
}

// NewReplacement compiles the text of a replacement.
func NewReplacement(text string) Replacement {
	var r Replacement
	var literal []byte
	for i := 0; i < len(text); i++ {
		if text[i] != '\\' || i+1 == len(text) {
			literal = append(literal, text[i])
			continue
		}
		i++
		switch c := text[i]; {
		case '0' <= c && c <= '9':
			r = append(r, replacementPart{string(literal), -1}, replacementPart{"", int(c - '0')})
			literal = literal[:0]
		case c == 'x' && i+2 < len(text) && hexDigit(text[i+1]) >= 0 && hexDigit(text[i+2]) >= 0:
			literal = append(literal, byte(hexDigit(text[i+1])<<4|hexDigit(text[i+2])))
			i += 2
		default:
			literal = append(literal, c)
		}
	}
	return append(r, replacementPart{string(literal), -1})
}

// Append appends src to dst with the first match of re replaced, or with all of them. It reports whether there was one;
// otherwise it appends nothing.
func (r Replacement) Append(dst []byte, re *regexp.Regexp, src []byte, all bool) ([]byte, bool) {
	n := 1
	if all {
		n = -1
	}
	matches := re.FindAllSubmatchIndex(src, n)
	if matches == nil {
		return dst, false
	}
	last := 0
	for _, match := range matches {
		dst = append(dst, src[last:match[0]]...)
		dst = r.Expand(dst, src, match)
		last = match[1]
	}
	return append(dst, src[last:]...), true
}

// Expand appends r for one match in src, which is as regexp's FindSubmatchIndex returns it.
func (r Replacement) Expand(dst, src []byte, match []int) []byte {
	for _, p := range r {
		if p.group < 0 {
			dst = append(dst, p.text...)
		} else if g := 2 * p.group; g < len(match) && match[g] >= 0 {
			dst = append(dst, src[match[g]:match[g+1]]...)
		}
	}
	return dst
}

// hexDigit returns the value of a hexadecimal digit, or -1.
func hexDigit(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'a' <= c && c <= 'f':
		return int(c-'a') + 10
	case 'A' <= c && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}
