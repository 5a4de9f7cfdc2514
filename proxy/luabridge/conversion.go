package luabridge

import (
	"tidelock/abi"
	"tidelock/host"
	"tidelock/proxy/value"
)

// toSample converts what a script gives: numbers to integers, strings to strings, booleans to booleans and everything
// else to false (Lua: Architecture and first steps, "About the converters entry point"). As in HAProxy, a number without
// an integer form is 0. Bytes of the result alias those of v.
func toSample(v abi.Value) value.Value {
	switch v.Type {
	case abi.Integer:
		return value.Int(v.Int)
	case abi.Float:
		i, _ := host.ToInt(v)
		return value.Int(i)
	case abi.String:
		return value.Text(v.Bytes)
	default:
		return value.Bool(v.Type == abi.True)
	}
}

// putSample gives a sample to a script: booleans and integers as integers, everything else as a string, none as nil.
func putSample(w *abi.Writer, v value.Value) {
	switch v.Kind {
	case value.None:
		w.Nil()
	case value.Boolean, value.Integer:
		w.Int(v.Int)
	default:
		putText(w, v)
	}
}

// putText gives a sample to a script as a string, none as an empty one.
func putText(w *abi.Writer, v value.Value) {
	if v.HasData() {
		w.StringBytes(v.Data)
		return
	}
	var text [48]byte // the longest number or address
	w.StringBytes(v.AppendText(text[:0]))
}
