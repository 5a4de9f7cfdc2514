// Package jsonpath finds one value in a JSON document by its path. It reads the document once, from the left, up to that
// value: what follows may be missing or wrong, as HAProxy's converter json_query has it. It is a leaf and allocates
// nothing but when a path is parsed.
package jsonpath

import "strings"

// Path leads to a value. It is immutable.
type Path []step

// step leads to a member of an object, or to an element of an array when key is empty.
type step struct {
	key   string
	index int
}

// maxDepth bounds how deep a document is nested.
const maxDepth = 20

// Parse reads a path such as $.name.list[2].x. Names end with a dot or a bracket that has no backslash before it. A
// bracket without a number means the first element. A path that does not begin with $ and what names nothing leads nowhere.
func Parse(text string) Path {
	rest, ok := strings.CutPrefix(text, "$")
	if !ok {
		return nil
	}
	path := Path{}
	for rest != "" {
		var s step
		switch rest[0] {
		case '.':
			s.key, rest = cutKey(rest[1:])
			if s.key == "" {
				return nil
			}
		case '[':
			if s.index, rest = cutIndex(rest[1:]); s.index < 0 {
				return nil
			}
		default:
			return nil
		}
		path = append(path, s)
	}
	return path
}

func cutKey(text string) (key, rest string) {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\\' && i+1 < len(text) && (text[i+1] == '.' || text[i+1] == '['):
			i++
			b.WriteByte(text[i])
		case c == '.' || c == '[':
			return b.String(), text[i:]
		default:
			b.WriteByte(c)
		}
	}
	return b.String(), ""
}

// cutIndex reads a number up to a closing bracket. It is -1 for what counts from the end or is a name.
func cutIndex(text string) (index int, rest string) {
	inner, rest, _ := strings.Cut(text, "]")
	if strings.ContainsAny(inner, `-'"`) {
		return -1, rest
	}
	for _, c := range []byte(inner) {
		if c < '0' || c > '9' || index > 1<<30 {
			break
		}
		index = index*10 + int(c-'0')
	}
	return index, rest
}
