package native

import (
	"errors"
	"testing"

	"tidelock/abi"
)

// TestInvoke calls functions as the host does, without the host.
func TestInvoke(t *testing.T) {
	names, functions = nil, nil
	Register("echo", func(in *Arguments, out *Results) error {
		for in.More() {
			out.Value(in.Next())
		}
		return nil
	})
	Register("sum", func(in *Arguments, out *Results) error {
		out.Float(float64(in.Int()) + in.Float())
		return nil
	})
	Register("keys", func(in *Arguments, out *Results) error {
		n := 0
		for range in.Table() {
			n++
		}
		out.Int(int64(n))
		out.Bool(in.Bool())
		return nil
	})
	Register("fails", func(*Arguments, *Results) error { return errors.New("no") })
	Register("panics", func(*Arguments, *Results) error { panic("bug") })

	encoded := func(write func(w *abi.Writer)) []byte {
		var w abi.Writer
		write(&w)
		return w.Bytes()
	}
	text := func(s string) []byte { return encoded(func(w *abi.Writer) { w.String(s) }) }
	tests := []struct {
		name      string
		function  int
		arguments []byte
		outcome   abi.Outcome
		want      []byte
	}{
		{"values as they are", 0, text("x"), abi.Done, text("x")},
		{"numbers", 1, encoded(func(w *abi.Writer) { w.Float(3); w.Int(4) }), abi.Done, encoded(func(w *abi.Writer) { w.Float(7) })},
		{"no integer", 1, encoded(func(w *abi.Writer) { w.Float(3.5) }), abi.Failed, text("bad argument #1 (integer expected, got number)")},
		{"no number", 1, encoded(func(w *abi.Writer) { w.Int(1); w.String("2") }), abi.Failed, text("bad argument #2 (number expected, got string)")},
		{"table", 2, encoded(func(w *abi.Writer) { mark := w.BeginTable(); w.Int(1); w.Nil(); w.EndTable(mark); w.Bool(true) }),
			abi.Done, encoded(func(w *abi.Writer) { w.Int(1); w.Bool(true) })},
		{"nothing for a table", 2, nil, abi.Failed, text("bad argument #1 (table expected, got nil)")},
		{"error", 3, nil, abi.Failed, text("no")},
		{"panic", 4, nil, abi.Failed, text("bug")},
		{"function that is none", 5, nil, abi.Failed, text("no such function")},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var out abi.Writer
			if outcome := invoke(tt.function, tt.arguments, &out); outcome != tt.outcome || string(out.Bytes()) != string(tt.want) {
				t.Errorf("got %d %q, want %d %q", outcome, out.Bytes(), tt.outcome, tt.want)
			}
		})
	}
}
