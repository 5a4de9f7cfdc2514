package sample

import (
	"bytes"
	"crypto/subtle"
	"errors"
	"fmt"

	"tidelock/proxy/regex"
	"tidelock/proxy/value"
)

// textConverters change or compare strings.
var textConverters = []Converter{
	{Name: "add_item", Parameters: required(String, String).and(String), Input: value.String, Output: value.String, Prepare: prepareAddItem, Convert: addItem},
	{Name: "bytes", Parameters: required(Integer).and(Integer), Input: value.Binary, Output: value.Binary, Convert: byteRange},
	{Name: "concat", Parameters: required(String).and(String, String), Input: value.String, Output: value.String, Prepare: prepareConcat, Convert: concat},
	{Name: "cut_crlf", Input: value.String, Output: value.String, Convert: cutLine},
	{Name: "host_only", Input: value.String, Output: value.String, Convert: hostOnly},
	{Name: "iif", Parameters: required(String, String), Input: value.Boolean, Output: value.String, Prepare: prepareChoice, Convert: choose},
	{Name: "length", Input: value.String, Output: value.Integer, Convert: textLength},
	{Name: "lower", Input: value.String, Output: value.String, Convert: toLower},
	{Name: "ltrim", Parameters: required(String), Input: value.String, Output: value.String, Convert: trimLeft},
	{Name: "port_only", Input: value.String, Output: value.Integer, Convert: portOnly},
	{Name: "regsub", Parameters: required(Pattern, String).and(String), Input: value.String, Output: value.String, Prepare: prepareRegsub, Convert: regsub},
	{Name: "rtrim", Parameters: required(String), Input: value.String, Output: value.String, Convert: trimRight},
	{Name: "secure_memcmp", Parameters: required(Name), Input: value.Binary, Output: value.Boolean, Convert: secureCompare},
	{Name: "strcmp", Parameters: required(Name), Input: value.String, Output: value.Integer, Convert: compareText},
	{Name: "upper", Input: value.String, Output: value.String, Convert: toUpper},
}

// toLower changes ASCII letters only: the result does not depend on an encoding.
func toLower(c *Context, _ []Argument, v value.Value) value.Value {
	for i, x := range v.Data {
		if 'A' <= x && x <= 'Z' {
			b := append(c.Scratch.Buffer(), v.Data...)
			for j := i; j < len(b); j++ {
				if 'A' <= b[j] && b[j] <= 'Z' {
					b[j] |= 0x20
				}
			}
			return c.text(b)
		}
	}
	return v
}

func toUpper(c *Context, _ []Argument, v value.Value) value.Value {
	b := append(c.Scratch.Buffer(), v.Data...)
	for i, x := range b {
		if 'a' <= x && x <= 'z' {
			b[i] &^= 0x20
		}
	}
	return c.text(b)
}

func textLength(_ *Context, _ []Argument, v value.Value) value.Value {
	return value.Int(int64(len(v.Data)))
}

// byteRange takes the bytes from an offset on, as many as there are of the wanted length. An offset outside of the
// sample leaves nothing, but it leaves a sample.
func byteRange(_ *Context, a []Argument, v value.Value) value.Value {
	n := int64(len(v.Data))
	if a[0].Int < 0 || a[0].Int >= n {
		return value.Bytes(v.Data[:0])
	}
	v.Data = v.Data[a[0].Int:]
	if wanted := a[1].Int; a[1].Given && wanted >= 0 && wanted < int64(len(v.Data)) {
		v.Data = v.Data[:wanted]
	}
	return v
}

func cutLine(_ *Context, _ []Argument, v value.Value) value.Value {
	if i := bytes.IndexAny(v.Data, "\r\n"); i >= 0 {
		v.Data = v.Data[:i]
	}
	return v
}

func trimLeft(_ *Context, a []Argument, v value.Value) value.Value {
	v.Data = bytes.TrimLeft(v.Data, a[0].Text)
	return v
}

func trimRight(_ *Context, a []Argument, v value.Value) value.Value {
	v.Data = bytes.TrimRight(v.Data, a[0].Text)
	return v
}

// prepareVariable interns the variable that an argument names, if it names one.
func prepareVariable(a *Argument) (err error) {
	if a.Text == "" {
		return nil
	}
	if a.Variable, err = Intern(a.Text); err != nil {
		return fmt.Errorf("failed to register variable name '%s'", a.Text)
	}
	return nil
}

func prepareConcat(_ *Compiler, a []Argument) error { return prepareVariable(&a[1]) }

func concat(c *Context, a []Argument, v value.Value) value.Value {
	b := append(append(c.Scratch.Buffer(), v.Data...), a[0].Text...)
	b = appendVariable(b, c, a[1].Variable)
	return c.text(append(b, a[2].Text...))
}

func appendVariable(b []byte, c *Context, v Variable) []byte {
	if v.ID == 0 {
		return b
	}
	return v.Get(c.Stream).AppendText(b)
}

func prepareAddItem(_ *Compiler, a []Argument) error {
	if a[1].Text == "" && !a[2].Given {
		return errors.New("expected a variable, a suffix or both")
	}
	return prepareVariable(&a[1])
}

// addItem puts the delimiter only between two items that are not empty.
func addItem(c *Context, a []Argument, v value.Value) value.Value {
	b := append(c.Scratch.Buffer(), v.Data...)
	if len(b) > 0 {
		b = append(b, a[0].Text...)
	}
	n := len(b)
	b = append(appendVariable(b, c, a[1].Variable), a[2].Text...)
	if len(b) == n {
		return v
	}
	return c.text(b)
}

func prepareChoice(_ *Compiler, a []Argument) error {
	a[0].Data, a[1].Data = []byte(a[0].Text), []byte(a[1].Text)
	return nil
}

func choose(_ *Context, a []Argument, v value.Value) value.Value {
	if v.Int != 0 {
		return value.Text(a[0].Data)
	}
	return value.Text(a[1].Data)
}

// splitHost cuts a Host header before its port. The colons of an IPv6 address are within its brackets.
func splitHost(b []byte) (host, port []byte) {
	i := bytes.LastIndexByte(b, ':')
	if i < 0 || bytes.IndexByte(b[i:], ']') >= 0 {
		return b, nil
	}
	return b[:i], b[i+1:]
}

func hostOnly(c *Context, a []Argument, v value.Value) value.Value {
	v.Data, _ = splitHost(v.Data)
	return toLower(c, a, v)
}

func portOnly(_ *Context, _ []Argument, v value.Value) value.Value {
	_, port := splitHost(v.Data)
	i, _ := value.LeadingInt(port)
	return value.Int(i)
}

// compareText returns the difference of the first bytes that differ, or the sign of the difference of the lengths.
func compareText(c *Context, a []Argument, v value.Value) value.Value {
	other := a[0].Variable.Get(c.Stream).Cast(value.String, &c.Scratch)
	if !other.Valid() {
		return other
	}
	x, y := v.Data, other.Data
	for i := range min(len(x), len(y)) {
		if x[i] != y[i] {
			return value.Int(int64(x[i]) - int64(y[i]))
		}
	}
	switch {
	case len(x) < len(y):
		return value.Int(-1)
	case len(x) > len(y):
		return value.Int(1)
	default:
		return value.Int(0)
	}
}

func secureCompare(c *Context, a []Argument, v value.Value) value.Value {
	other := a[0].Variable.Get(c.Stream).Cast(value.Binary, &c.Scratch)
	if !other.Valid() {
		return other
	}
	return value.Bool(subtle.ConstantTimeCompare(v.Data, other.Data) == 1)
}

func prepareRegsub(_ *Compiler, a []Argument) (err error) {
	if a[0].Text == "" {
		return errors.New("missing regex")
	}
	fold := false
	for _, flag := range a[2].Text {
		switch flag {
		case 'i':
			fold = true
		case 'g':
			a[2].Int = 1
		default:
			return fmt.Errorf("invalid regex flag '%c', only 'i' and 'g' are supported", flag)
		}
	}
	a[1].Extra = regex.ParseReplacement(a[1].Text)
	a[0].Regexp, err = regex.Compile(a[0].Text, fold)
	return err
}

func regsub(c *Context, a []Argument, v value.Value) value.Value {
	b, ok := a[1].Extra.(regex.Replacement).Append(c.Scratch.Buffer(), a[0].Regexp, v.Data, a[2].Int != 0)
	if !ok {
		return v
	}
	return c.text(b)
}
