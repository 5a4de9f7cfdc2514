package syntax

import "strings"

// variable resolves "$NAME", "${NAME}", "${NAME-default}" and "${NAME[*]}" inside double quotes. The last form makes one
// word of each of the value's.
func (x *lexer) variable() *lexError {
	name := x.next + 1
	braces := name < len(x.text) && x.text[name] == '{'
	if braces {
		name++
	}
	end := name
	if end < len(x.text) && x.text[end] == '.' {
		end++ // only pseudo-variables have a dot, in front
	}
	for end < len(x.text) && isNameByte(x.text[end]) {
		end++
	}
	value, set := x.lookup(x.text[name:end])
	if name == end || isDigit(x.text[name]) || x.text[name] == '.' && !set {
		return &lexError{name, "forbidden first char in environment variable name"}
	}
	if !braces {
		x.add(value, end-x.next)
		return nil
	}

	rest, split := x.text[end:], false
	if strings.HasPrefix(rest, "[") {
		if rest, split = strings.CutPrefix(rest, "[*]"); !split {
			return &lexError{end, "truncated or invalid word expansion sequence"}
		}
	}
	unmatched := &lexError{name - 1, "unmatched brace in environment variable name"}
	if !strings.HasPrefix(rest, "}") && !strings.HasPrefix(rest, "-") {
		return unmatched
	}
	byDefault, rest, closed := strings.Cut(rest, "}")
	if !closed {
		return unmatched
	}
	if !set {
		value = strings.TrimPrefix(byDefault, "-")
	}
	x.expand(value, len(x.text)-len(rest)-x.next, split)
	return nil
}

// expand appends a variable's value, which stood for n bytes of the line.
func (x *lexer) expand(value string, n int, split bool) {
	if !split || x.cut != intoWords {
		x.add(value, n)
		return
	}
	at := x.next
	for i, part := range strings.Fields(value) {
		if i > 0 {
			x.end()
			x.started = at
		}
		x.add(part, 0)
	}
	x.add("", n)
}

// span returns the length of the prefix whose bytes all satisfy in.
func span(text string, in func(byte) bool) int {
	n := 0
	for n < len(text) && in(text[n]) {
		n++
	}
	return n
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isHexDigit(c byte) bool { return isDigit(c) || 'a' <= c|0x20 && c|0x20 <= 'f' }

func isNameByte(c byte) bool {
	return c == '_' || isDigit(c) || 'a' <= c|0x20 && c|0x20 <= 'z'
}
