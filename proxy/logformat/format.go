// Package logformat compiles log-format strings (manual, section 8.2.6): text in which variables such as %ci and sample
// expressions in %[...] stand for values. They make log lines, header values and response bodies.
package logformat

import (
	"bytes"

	"tidelock/proxy/sample"
)

// Target is what a format makes. It decides how values that are missing or not printable are written.
type Target uint8

const (
	// Text makes header values, bodies and variables. A missing value is nothing; control characters other than tab
	// become %XX, so that no value can end a header.
	Text Target = iota
	// Line makes a log line. A missing value is "-", white space between values is one space, and control characters
	// become #XX, so that no value can end a line or forge another.
	Line
	// TCPLine is Line in a proxy in mode tcp: variables of HTTP are errors.
	TCPLine
)

// Format is a compiled log-format string. It is immutable and may be used by many goroutines at once.
type Format struct {
	target Target
	parts  []part
}

// part is one of literal text, white space, a variable and an expression.
type part struct {
	literal    []byte
	space      bool
	variable   *Variable
	expression *sample.Expression
	flags      flags
}

type flags uint8

const (
	quoted flags = 1 << iota
	hexadecimal
	escaped
)

// Constant returns the text of a format that has no variables and no expressions.
func (f *Format) Constant() (text []byte, ok bool) {
	switch {
	case len(f.parts) == 0:
		return nil, true
	case len(f.parts) == 1 && f.parts[0].literal != nil:
		return f.parts[0].literal, true
	}
	return nil, false
}

// Eval returns the text for the exchange of c. It stays valid until c is released.
func (f *Format) Eval(c *sample.Context) []byte {
	if text, ok := f.Constant(); ok {
		return text
	}
	return c.Output.Keep(f.Append(c.Output.Buffer(), c))
}

// Append appends the text for the exchange of c to b, which must not be memory of c.
func (f *Format) Append(b []byte, c *sample.Context) []byte {
	spaced := true // white space at the start and after other white space is none
	for i := range f.parts {
		before := len(b)
		switch p := &f.parts[i]; {
		case p.literal != nil:
			b = append(b, p.literal...)
		case p.space:
			if !spaced {
				b = append(b, ' ')
			}
			spaced = true
			continue
		case p.variable != nil:
			b = f.appendVariable(b, c, p)
			if p.variable.missing == skipped && len(b) == before {
				continue
			}
		default:
			b = f.appendExpression(b, c, p)
		}
		spaced = false
	}
	return b
}

func (f *Format) appendExpression(b []byte, c *sample.Context, p *part) []byte {
	v := p.expression.EvalString(c)
	if f.target == Text {
		return encode(b, v.Data, unsafeInText, '%', p.flags)
	}
	if len(v.Data) == 0 {
		return appendMissing(b, p.flags)
	}
	return quote(b, v.Data, unsafeInLine, '#', p.flags)
}

func (f *Format) appendVariable(b []byte, c *sample.Context, p *part) []byte {
	before := len(b)
	b = p.variable.append(b, c, p.flags)
	switch {
	case !p.variable.text && len(b) > before || p.variable.missing == skipped:
		return b
	case len(b) > before:
		if p.flags&(quoted|escaped) == 0 && !bytes.ContainsFunc(b[before:], isControl) {
			return b
		}
		value := c.Scratch.Keep(append(c.Scratch.Buffer(), b[before:]...))
		return quote(b[:before], value, unsafeInRequest, '#', p.flags)
	case p.flags&quoted != 0 || f.target != Text && p.variable.missing == dash:
		return appendMissing(b, p.flags)
	}
	return b
}

func appendMissing(b []byte, fl flags) []byte {
	if fl&quoted != 0 {
		return append(b, `""`...)
	}
	return append(b, '-')
}

func isControl(r rune) bool { return r < ' ' || r >= 0x7f }
