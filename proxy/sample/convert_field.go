package sample

import (
	"bytes"
	"errors"
	"math"

	"tidelock/proxy/value"
)

// fieldConverters take parts of delimited strings. Their arguments are an index that counts from 1 or from -1, the
// delimiting bytes, and how many parts to take: 1 by default, 0 for all that remain.
var fieldConverters = []Converter{
	{Name: "field", Parameters: required(Integer, String).and(Integer), Input: value.String, Output: value.String, Prepare: prepareField, Convert: field},
	{Name: "word", Parameters: required(Integer, String).and(Integer), Input: value.String, Output: value.String, Prepare: prepareField, Convert: word},
}

func prepareField(_ *Compiler, a []Argument) error {
	if a[0].Int == 0 {
		return errors.New("Unexpected value 0 for index")
	}
	if a[1].Text == "" {
		return errors.New("Empty separators list")
	}
	switch {
	case !a[2].Given:
		a[2].Int = 1
	case a[2].Int <= 0:
		a[2].Int = math.MaxInt64
	}
	return nil
}

// field counts the empty parts between neighbouring delimiters too. It yields none beyond the last part.
func field(_ *Context, a []Argument, v value.Value) value.Value {
	b, ok := v.Data, true
	if index := a[0].Int; index > 0 {
		for ; index > 1 && ok; index-- {
			_, b, ok = cutAny(b, a[1].Text)
		}
		if ok {
			v.Data = firstFields(b, a[1].Text, a[2].Int)
			return v
		}
	} else {
		for ; index < -1 && ok; index++ {
			b, _, ok = cutLastAny(b, a[1].Text)
		}
		if ok {
			v.Data = lastFields(b, a[1].Text, a[2].Int)
			return v
		}
	}
	return value.Value{}
}

// word passes over empty parts. Beyond the last word it yields an empty string.
func word(_ *Context, a []Argument, v value.Value) value.Value {
	b, delimiters, count := v.Data, a[1].Text, a[2].Int
	if index := a[0].Int; index > 0 {
		b = bytes.TrimLeft(b, delimiters)
		for ; index > 1 && len(b) > 0; index-- {
			_, b, _ = cutAny(b, delimiters)
			b = bytes.TrimLeft(b, delimiters)
		}
		end := 0
		for rest := b; count > 0 && len(rest) > 0; count-- {
			first, after, more := cutAny(rest, delimiters)
			end = len(b) - len(rest) + len(first)
			rest = bytes.TrimLeft(after, delimiters)
			if count > 1 && !more || count > 1 && len(rest) == 0 {
				end = len(b)
				break
			}
		}
		v.Data = b[:end]
		return v
	}
	b = bytes.TrimRight(b, delimiters)
	for index := a[0].Int; index < -1 && len(b) > 0; index++ {
		b, _, _ = cutLastAny(b, delimiters)
		b = bytes.TrimRight(b, delimiters)
	}
	start := len(b)
	for rest := b; count > 0 && len(rest) > 0; count-- {
		before, last, more := cutLastAny(rest, delimiters)
		start = len(rest) - len(last)
		rest = bytes.TrimRight(before, delimiters)
		if count > 1 && (!more || len(rest) == 0) {
			start = 0
			break
		}
	}
	v.Data = b[start:]
	return v
}

// firstFields returns the first count fields of b.
func firstFields(b []byte, delimiters string, count int64) []byte {
	for end := 0; ; count-- {
		i := bytes.IndexAny(b[end:], delimiters)
		switch {
		case i < 0:
			return b
		case count == 1:
			return b[:end+i]
		}
		end += i + 1
	}
}

// lastFields returns the last count fields of b.
func lastFields(b []byte, delimiters string, count int64) []byte {
	for start := len(b); ; count-- {
		i := bytes.LastIndexAny(b[:start], delimiters)
		switch {
		case i < 0:
			return b
		case count == 1:
			return b[i+1:]
		}
		start = i
	}
}

// cutAny cuts b around the first byte that is one of delimiters. Without any, after is empty and found false.
func cutAny(b []byte, delimiters string) (before, after []byte, found bool) {
	if i := bytes.IndexAny(b, delimiters); i >= 0 {
		return b[:i], b[i+1:], true
	}
	return b, nil, false
}

// cutLastAny cuts b around the last byte that is one of delimiters. Without any, before is empty and found false.
func cutLastAny(b []byte, delimiters string) (before, after []byte, found bool) {
	if i := bytes.LastIndexAny(b, delimiters); i >= 0 {
		return b[:i], b[i+1:], true
	}
	return nil, b, false
}
