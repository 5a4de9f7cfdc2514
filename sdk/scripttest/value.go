package scripttest

import (
	"tidelock/abi"
	"tidelock/host"
	"tidelock/proxy/value"
)

// field is a header.
type field struct{ name, value string }

// fields reads {name = value} or {name = {value, ...}}.
func fields(table abi.Value) []field {
	var list []field
	for entries := table.Entries(); entries.More(); {
		name, v := entries.Next(), entries.Next()
		if v.Type != abi.Table {
			text, _ := host.ToText(v)
			list = append(list, field{string(name.Bytes), string(text)})
			continue
		}
		for values := v.Entries(); values.More(); {
			values.Next()
			text, _ := host.ToText(values.Next())
			list = append(list, field{string(name.Bytes), string(text)})
		}
	}
	return list
}

func putText(w *abi.Writer, name, text string) {
	w.String(name)
	w.String(text)
}

// putSample gives a sample to the test: a boolean as one, other than to scripts.
func putSample(w *abi.Writer, v value.Value) {
	switch v.Kind {
	case value.None:
		w.Nil()
	case value.Boolean:
		w.Bool(v.Int != 0)
	case value.Integer:
		w.Int(v.Int)
	default:
		w.StringBytes(v.AppendText(nil))
	}
}

// sampleOf reads what the test gives as a sample.
func sampleOf(v abi.Value) value.Value {
	switch v.Type {
	case abi.Nil:
		return value.Value{}
	case abi.True, abi.False:
		return value.Bool(v.Type == abi.True)
	case abi.Integer:
		return value.Int(v.Int)
	}
	text, _ := host.ToText(v)
	return value.Text(append([]byte(nil), text...))
}

// texts takes what is left of a call.
func texts(c *host.Call) []string {
	var list []string
	for c.Arguments.More() {
		text, _ := host.ToText(c.Next())
		list = append(list, string(text))
	}
	return list
}
