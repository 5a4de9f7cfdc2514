package jsonpath

import (
	"strconv"
)

// escapes are the characters that follow a backslash in strings, and what they stand for. HAProxy has no escaped slash.
var escapes = [256]byte{'"': '"', '\\': '\\', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// string reads a string whose opening quote is next.
func (r *reader) string() (Token, bool) {
	r.at++
	start := r.at
	for r.at < len(r.text) {
		switch r.text[r.at] {
		case '"':
			r.at++
			return Token{String, r.text[start : r.at-1]}, true
		case '\\':
			r.at++
		}
		r.at++
	}
	return Token{}, false
}

// AppendString appends the text of a string without its escapes, and reports whether they are all known. Characters that
// are given by number have one byte.
func (t Token) AppendString(b []byte) ([]byte, bool) {
	for i := 0; i < len(t.Text); i++ {
		c := t.Text[i]
		if c != '\\' || i+1 == len(t.Text) {
			b = append(b, c)
			continue
		}
		i++
		if plain := escapes[t.Text[i]]; plain != 0 {
			b = append(b, plain)
			continue
		}
		if t.Text[i] != 'u' || i+4 >= len(t.Text) || t.Text[i+1] != '0' || t.Text[i+2] != '0' {
			return b, false
		}
		n, err := strconv.ParseUint(string(t.Text[i+3:i+5]), 16, 8)
		if err != nil {
			return b, false
		}
		b = append(b, byte(n))
		i += 4
	}
	return b, true
}

// number reads a number, whose first byte is there. A sign alone is 0.
func (r *reader) number() Token {
	start := r.at
	r.at++
	r.digits()
	if r.at < len(r.text) && r.text[r.at] == '.' {
		r.at++
		r.digits()
	}
	if r.at < len(r.text) && r.text[r.at]|0x20 == 'e' {
		r.at++
		if r.at < len(r.text) && (r.text[r.at] == '+' || r.text[r.at] == '-') {
			r.at++
		}
		r.digits()
	}
	return Token{Number, r.text[start:r.at]}
}

func (r *reader) digits() {
	for r.at < len(r.text) && '0' <= r.text[r.at] && r.text[r.at] <= '9' {
		r.at++
	}
}

// AppendNumber appends a number as printf's %g writes it, with six digits.
func (t Token) AppendNumber(b []byte) []byte {
	f, _ := strconv.ParseFloat(string(t.Text), 64)
	return strconv.AppendFloat(b, f, 'g', 6, 64)
}

// Int returns the whole digits that a number begins with. It reports false where 64 bits are not enough, and for the two
// last numbers that they hold.
func (t Token) Int() (int64, bool) {
	end := 1
	for end < len(t.Text) && '0' <= t.Text[end] && t.Text[end] <= '9' {
		end++
	}
	if end == 1 && t.Text[0] == '-' {
		return 0, true
	}
	i, err := strconv.ParseInt(string(t.Text[:end]), 10, 64)
	return i, err == nil && i != 1<<63-1 && i != -1<<63
}
