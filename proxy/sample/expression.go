package sample

import (
	"tidelock/proxy/value"
)

// Expression is a compiled sample expression: a fetch followed by converters. It is immutable and may be evaluated by
// many goroutines at once.
type Expression struct {
	text   string
	name   string
	output value.Kind
	source Source
	fetch  func(c *Context, a []Argument) value.Value
	next   func(c *Context, a []Argument, it *Cursor) value.Value
	args   []Argument
	steps  []step
}

type step struct {
	input   value.Kind
	convert func(c *Context, a []Argument, v value.Value) value.Value
	args    []Argument
}

// String returns the expression as the configuration has it.
func (e *Expression) String() string { return e.text }

// Name returns the name of e's fetch.
func (e *Expression) Name() string { return e.name }

// Output returns the kind of value that e yields, or value.Any when that depends on the evaluation.
func (e *Expression) Output() value.Kind { return e.output }

// AvailableIn reports whether what e reads exists in phase p. Elsewhere e yields no value.
func (e *Expression) AvailableIn(p Phase) bool { return sources[e.source].phases&p != 0 }

// Source returns what e reads.
func (e *Expression) Source() Source { return e.source }

// Eval returns the sample, or none when it could not be fetched or converted.
func (e *Expression) Eval(c *Context) value.Value {
	return e.convert(c, e.fetch(c, e.args))
}

// EvalString is Eval with the result cast to a string.
func (e *Expression) EvalString(c *Context) value.Value {
	return e.Eval(c).Cast(value.String, &c.Scratch)
}

// Next returns one after the other the samples that an ACL has to compare, such as all values of a header, and done
// after the last one. A sample that cannot be converted is none, and others may follow it.
func (e *Expression) Next(c *Context, it *Cursor) (v value.Value, done bool) {
	switch {
	case e.next != nil:
		v = e.next(c, e.args, it)
		if !v.Valid() {
			return v, true
		}
	case it.started:
		return value.Value{}, true
	default:
		v = e.fetch(c, e.args)
	}
	it.started = true
	return e.convert(c, v), false
}

func (e *Expression) convert(c *Context, v value.Value) value.Value {
	for i := range e.steps {
		s := &e.steps[i]
		if v.Kind != s.input {
			v = v.Cast(s.input, &c.Scratch)
		}
		if v.Kind == value.None {
			return v
		}
		v = s.convert(c, s.args, v)
	}
	return v
}
