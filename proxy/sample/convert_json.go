package sample

import (
	"errors"

	"tidelock/proxy/jsonpath"
	"tidelock/proxy/value"
)

// jsonConverters write JSON strings and read JSON documents.
var jsonConverters = []Converter{
	{Name: "json", Parameters: required(String), Input: value.String, Output: value.String, Prepare: prepareJSON, Convert: toJSON},
	{Name: "json_query", Parameters: required(String).and(String), Input: value.String, Output: value.Any, Prepare: prepareJSONQuery, Convert: queryJSON},
}

// decoding says how bytes become characters. It is the Extra of json's argument.
type decoding struct {
	utf8       bool
	permissive bool // takes characters in more bytes than they need
	silent     bool // leaves out what is wrong, instead of failing
}

var decodings = map[string]decoding{
	"": {}, "ascii": {},
	"utf8": {utf8: true}, "utf8s": {utf8: true, silent: true},
	"utf8p": {utf8: true, permissive: true}, "utf8ps": {utf8: true, permissive: true, silent: true},
}

func prepareJSON(_ *Compiler, a []Argument) error {
	d, ok := decodings[a[0].Text]
	if !ok {
		return errors.New("Unexpected input code type. Allowed value are 'ascii', 'utf8', 'utf8s', 'utf8p' and 'utf8ps'")
	}
	a[0].Extra = d
	return nil
}

var jsonEscapes = [256]byte{
	'"': '"', '\\': '\\', '/': '/', '\b': 'b', '\f': 'f', '\n': 'n', '\r': 'r', '\t': 't',
}

// toJSON escapes all that is not ASCII text. Characters beyond 16 bits are errors: HAProxy writes no surrogates.
func toJSON(c *Context, a []Argument, v value.Value) value.Value {
	d := a[0].Extra.(decoding)
	b := c.Scratch.Buffer()
	for rest := v.Data; len(rest) > 0; {
		r, n, ok := d.next(rest)
		rest = rest[n:]
		switch {
		case !ok && d.silent:
		case !ok:
			return value.Value{}
		case r < 0x80 && jsonEscapes[r] != 0:
			b = append(b, '\\', jsonEscapes[r])
		case ' ' <= r && r < 0x7f:
			b = append(b, byte(r))
		default:
			b = append(b, '\\', 'u', lowerHexDigits[r>>12&15], lowerHexDigits[r>>8&15], lowerHexDigits[r>>4&15], lowerHexDigits[r&15])
		}
	}
	return c.text(b)
}

const lowerHexDigits = "0123456789abcdef"

// next decodes the character that b starts with, and returns of how many bytes it is.
func (d decoding) next(b []byte) (r rune, n int, ok bool) {
	if !d.utf8 || b[0] < 0x80 {
		return rune(b[0]), 1, true
	}
	// The least number that needs so many bytes.
	least := [...]rune{2: 0x80, 3: 0x800, 4: 0x10000}
	size := 0
	switch x := b[0]; {
	case x>>5 == 0b110:
		r, size = rune(x&0x1f), 2
	case x>>4 == 0b1110:
		r, size = rune(x&0x0f), 3
	case x>>3 == 0b11110:
		r, size = rune(x&0x07), 4
	default:
		return 0, 1, false
	}
	for n = 1; n < size; n++ {
		if n == len(b) || b[n]>>6 != 0b10 {
			return 0, n, false
		}
		r = r<<6 | rune(b[n]&0x3f)
	}
	switch {
	case r < least[size] && !d.permissive, // overlong
		0xd800 <= r && r < 0xe000, // half of a surrogate pair
		r >= 0xfffe:               // no character, or too large for an escape
		return 0, n, false
	}
	return r, n, true
}

func prepareJSONQuery(_ *Compiler, a []Argument) (err error) {
	if a[0].Text == "" {
		return errors.New("json_path must not be empty")
	}
	return prepareJSONPath(nil, a)
}

// prepareJSONPath compiles the first argument to its Extra, and sets the Int of the second for an integer.
func prepareJSONPath(_ *Compiler, a []Argument) error {
	if a[1].Text != "" && a[1].Text != "int" {
		return errors.New(`output_type only supports "int" as argument`)
	}
	a[1].Int = int64(len(a[1].Text))
	a[0].Extra = jsonpath.Parse(a[0].Text)
	return nil
}

func queryJSON(c *Context, a []Argument, v value.Value) value.Value {
	token, ok := a[0].Extra.(jsonpath.Path).Find(v.Data)
	if !ok {
		return value.Value{}
	}
	switch token.Kind {
	case jsonpath.Bool:
		return value.Bool(token.Text[0] == 't')
	case jsonpath.String:
		if b, ok := token.AppendString(c.Scratch.Buffer()); ok {
			return c.text(b)
		}
	case jsonpath.Number:
		if a[1].Int == 0 {
			return c.text(token.AppendNumber(c.Scratch.Buffer()))
		}
		if i, ok := token.Int(); ok {
			return value.Int(i)
		}
	}
	return value.Value{}
}
