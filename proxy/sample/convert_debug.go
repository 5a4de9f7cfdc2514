package sample

import (
	"cmp"
	"fmt"
	"io"

	"tidelock/proxy/value"
)

var debugConverters = []Converter{
	{Name: "debug", Parameters: optional(String, String), Input: value.Any, Output: value.Any, Prepare: prepareDebug, Convert: debug},
}

// prepareDebug makes the event sink that the second argument names its Extra.
func prepareDebug(k *Compiler, a []Argument) error {
	name := cmp.Or(a[1].Text, "buf0")
	if k.Sink != nil {
		if sink := k.Sink(name); sink != nil {
			a[1].Extra = sink
			return nil
		}
	}
	return fmt.Errorf("No such sink '%s'", name)
}

// debug reports a sample and yields it. Bytes that could pass for another line, or confuse a terminal, are not shown.
func debug(c *Context, a []Argument, v value.Value) value.Value {
	b := c.Output.Buffer()
	b = append(append(append(b, "[debug] "...), a[0].Text...), ": type="...)
	_, _ = a[1].Extra.(io.Writer).Write(AppendTyped(b, v, "")) // who reads it may be gone
	return v
}

// AppendTyped appends a value behind its type, as in "str <abc>", with a label before it. What a terminal would not print
// becomes a dot.
func AppendTyped(b []byte, v value.Value, label string) []byte {
	b = append(append(append(b, typeName(v)...), ' '), label...)
	b = append(b, '<')
	start := len(b)
	b = v.AppendText(b)
	for i := start; i < len(b); i++ {
		if b[i] < ' ' || b[i] == 0x7f {
			b[i] = '.'
		}
	}
	return append(b, '>')
}

// typeName tells the families of addresses apart, as HAProxy does.
func typeName(v value.Value) string {
	switch {
	case v.Kind != value.Address:
		return v.Kind.String()
	case v.Addr.Is4():
		return "ipv4"
	}
	return "ipv6"
}
