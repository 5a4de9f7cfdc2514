package native

import (
	"fmt"
	"iter"

	"tidelock/abi"
)

// Arguments are the values that Lua passes, read in their order. An argument of another type than the one asked for makes
// the call fail once the function returns, with a message that numbers it; until then reading goes on, with zeros.
type Arguments struct {
	reader abi.Reader
	count  int // taken so far
	err    error
}

// More reports whether another value stands ahead.
func (a *Arguments) More() bool { return a.reader.More() }

// Next takes a value of any type. Its bytes are valid until the function returns.
func (a *Arguments) Next() abi.Value {
	a.count++
	return a.reader.Next()
}

func (a *Arguments) mistyped(expected string, got abi.Value) {
	if a.err == nil {
		a.err = fmt.Errorf("bad argument #%d (%s expected, got %s)", a.count, expected, got.Type)
	}
}

// String takes a string.
func (a *Arguments) String() string { return string(a.Bytes()) }

// Bytes takes a string without copying it: it is valid until the function returns.
func (a *Arguments) Bytes() []byte {
	v := a.Next()
	if v.Type != abi.String {
		a.mistyped("string", v)
		return nil
	}
	return v.Bytes
}

// Int takes an integer, or a float that is one.
func (a *Arguments) Int() int64 {
	v := a.Next()
	switch {
	case v.Type == abi.Integer:
		return v.Int
	case v.Type == abi.Float && v.Float >= -1<<63 && v.Float < 1<<63 && v.Float == float64(int64(v.Float)):
		return int64(v.Float)
	}
	a.mistyped("integer", v)
	return 0
}

// Float takes a number.
func (a *Arguments) Float() float64 {
	v := a.Next()
	switch v.Type {
	case abi.Integer:
		return float64(v.Int)
	case abi.Float:
		return v.Float
	}
	a.mistyped("number", v)
	return 0
}

// Bool takes a value of any type: everything but nil and false is true.
func (a *Arguments) Bool() bool { return a.Next().Truth() }

// Table takes a table, and returns its keys and values. Their order means nothing.
func (a *Arguments) Table() iter.Seq2[abi.Value, abi.Value] {
	v := a.Next()
	if v.Type != abi.Table {
		a.mistyped("table", v)
	}
	return func(yield func(key, value abi.Value) bool) {
		for entries := v.Entries(); v.Type == abi.Table && entries.More(); {
			if !yield(entries.Next(), entries.Next()) {
				return
			}
		}
	}
}

// Results are the values that Lua receives, written in their order.
type Results = abi.Writer
