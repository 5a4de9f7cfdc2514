package sample

import (
	"bytes"
	"slices"

	"tidelock/proxy/value"
)

// urlParam returns the first parameter with the name that is the first argument, or the first of all. Parameters begin
// after a question mark, or after the delimiter that is the second argument.
func urlParam(c *Context, a []Argument) value.Value {
	var it Cursor
	return nextURLParam(c, a, &it)
}

func nextURLParam(c *Context, a []Argument, it *Cursor) value.Value {
	delimiter := byte('?')
	if a[1].Text != "" {
		delimiter = a[1].Text[0]
	}
	if !it.started {
		it.started = true
		it.rest = pathQuery(c, nil).Data
		i := bytes.IndexByte(it.rest, delimiter)
		it.rest = it.rest[i+1:]
		if i < 0 {
			it.rest = nil
		}
	}
	b, ok := nextParam(it, a[0].Text, delimiter)
	if !ok {
		return value.Value{}
	}
	return value.Text(b)
}

func urlParamInt(c *Context, a []Argument) value.Value { return leadingInt(urlParam(c, a)) }

func nextURLParamInt(c *Context, a []Argument, it *Cursor) value.Value {
	return leadingInt(nextURLParam(c, a, it))
}

func bodyParam(c *Context, a []Argument) value.Value {
	var it Cursor
	return nextBodyParam(c, a, &it)
}

func nextBodyParam(c *Context, a []Argument, it *Cursor) value.Value {
	if !it.started {
		it.started = true
		it.rest = body(c, c.Stream.Request).Data
	}
	b, ok := nextParam(it, a[0].Text, '&')
	if !ok {
		return value.Value{}
	}
	return value.Bytes(b)
}

// nextParam takes "name=value" pairs from it.rest until one has the wanted name, or any when that is empty. What has no
// equals sign is no parameter. Pairs end at '&', at ';' and at what the first one follows.
func nextParam(it *Cursor, name string, delimiter byte) ([]byte, bool) {
	for len(it.rest) > 0 {
		pair := it.rest
		if i := slices.IndexFunc(pair, func(c byte) bool { return c == '&' || c == ';' || c == delimiter }); i >= 0 {
			pair, it.rest = pair[:i], pair[i+1:]
		} else {
			it.rest = nil
		}
		key, v, ok := bytes.Cut(pair, []byte("="))
		if ok && (name == "" || string(key) == name) {
			return v, true
		}
	}
	return nil, false
}

// leadingInt makes an integer of a value as the fetches called _val do: what is no number is 0.
func leadingInt(v value.Value) value.Value {
	if !v.Valid() {
		return v
	}
	i, _ := value.LeadingInt(v.Data)
	return value.Int(i)
}
