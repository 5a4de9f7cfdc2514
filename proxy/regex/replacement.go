package regex

import "strconv"

// Replacement is what takes the place of a regex match: text in which \0 to \9 stand for the groups of the match and
// \xNN for a byte. It is compiled from its text once.
type Replacement []replacementPart

type replacementPart struct {
	text  string
	group int // -1 for text
}

// ParseReplacement parses the text of a replacement.
func ParseReplacement(text string) Replacement {
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
		case c == 'x' && i+2 < len(text):
			n, err := strconv.ParseUint(text[i+1:i+3], 16, 8)
			if err != nil {
				literal = append(literal, c)
				continue
			}
			literal = append(literal, byte(n))
			i += 2
		default:
			literal = append(literal, c)
		}
	}
	return append(r, replacementPart{string(literal), -1})
}

// Append appends src to dst with the first match of re replaced, or with all of them. It reports whether there was one;
// otherwise it appends nothing. After each match the search goes on in what remains, as if that were all, but for ^.
func (r Replacement) Append(dst []byte, re *Regexp, src []byte, all bool) ([]byte, bool) {
	match := re.Find(src)
	if match == nil {
		return dst, false
	}
	deadline := re.deadline()
	for match != nil {
		dst = append(dst, src[:match[0]]...)
		dst = r.Expand(dst, src, match)
		end := match[1]
		if end == 0 && len(src) > 0 {
			// A match of nothing where the search began: the next one begins a byte further on.
			dst = append(dst, src[0])
			end = 1
		} else if end == 0 {
			break
		}
		src = src[end:]
		if !all || deadline.passed() {
			break
		}
		match = re.FindRest(src)
	}
	return append(dst, src...), true
}

// Expand appends r for one match in src, as Regexp.Find returns it.
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
