package abi

import (
	"bytes"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// encodings draws each value as the comment of Type does.
var encodings = []struct {
	name  string
	bytes string
	value Value
	write func(w *Writer)
}{
	{"nil", "\x00", Value{}, func(w *Writer) { w.Nil() }},
	{"false", "\x01", Value{Type: False}, func(w *Writer) { w.Bool(false) }},
	{"true", "\x02", Value{Type: True}, func(w *Writer) { w.Bool(true) }},
	{"integer", "\x03\x2a\x00\x00\x00\x00\x00\x00\x00", Value{Type: Integer, Int: 42}, func(w *Writer) { w.Int(42) }},
	{"least integer", "\x03\x00\x00\x00\x00\x00\x00\x00\x80", Value{Type: Integer, Int: math.MinInt64}, func(w *Writer) { w.Int(math.MinInt64) }},
	{"float", "\x04\x00\x00\x00\x00\x00\x00\xf8\x3f", Value{Type: Float, Float: 1.5}, func(w *Writer) { w.Float(1.5) }},
	{"infinity", "\x04\x00\x00\x00\x00\x00\x00\xf0\x7f", Value{Type: Float, Float: math.Inf(1)}, func(w *Writer) { w.Float(math.Inf(1)) }},
	{"string", "\x05\x03\x00\x00\x00a\x00\xff", Value{Type: String, Bytes: []byte("a\x00\xff")}, func(w *Writer) { w.String("a\x00\xff") }},
	{"bytes", "\x05\x01\x00\x00\x00b", Value{Type: String, Bytes: []byte("b")}, func(w *Writer) { w.StringBytes([]byte("b")) }},
	{"empty string", "\x05\x00\x00\x00\x00", Value{Type: String, Bytes: []byte{}}, func(w *Writer) { w.String("") }},
	{"handle", "\x07\xff\xff\xff\xff", Value{Type: Handle, Int: math.MaxUint32}, func(w *Writer) { w.Handle(math.MaxUint32) }},
	{"empty table", "\x06\x00\x00\x00\x00", Value{Type: Table, Bytes: []byte{}}, func(w *Writer) { w.EndTable(w.BeginTable()) }},
	{"table", "\x06\x0b\x00\x00\x00\x05\x01\x00\x00\x00k\x06\x00\x00\x00\x00",
		Value{Type: Table, Bytes: []byte("\x05\x01\x00\x00\x00k\x06\x00\x00\x00\x00")},
		func(w *Writer) {
			outer := w.BeginTable()
			w.String("k")
			w.EndTable(w.BeginTable())
			w.EndTable(outer)
		}},
}

func TestWriter(t *testing.T) {
	for _, tt := range encodings {
		t.Run(tt.name, func(t *testing.T) {
			w := NewWriter([]byte("before"))
			tt.write(&w)
			if got, want := string(w.Bytes()), "before"+tt.bytes; got != want || w.Len() != len(want) {
				t.Errorf("wrote %q of length %d, want %q", got, w.Len(), want)
			}
			again := NewWriter(nil)
			again.Value(tt.value)
			if got := string(again.Bytes()); got != tt.bytes {
				t.Errorf("Value wrote %q, want %q", got, tt.bytes)
			}
		})
	}
}

func TestWriter_spareCapacity(t *testing.T) {
	buffer := make([]byte, 64)
	if allocations := testing.AllocsPerRun(10, func() {
		w := NewWriter(buffer[:0])
		w.String("text")
		w.Int(1)
		w.Truncate(w.Len() - 9)
		w.Raw([]byte{byte(True)})
	}); allocations != 0 {
		t.Errorf("%v allocations", allocations)
	}
	if want := "\x05\x04\x00\x00\x00text\x02"; string(buffer[:len(want)]) != want {
		t.Errorf("wrote %q, want %q", buffer[:len(want)], want)
	}
}

func TestReader_Next(t *testing.T) {
	var all []byte
	for _, tt := range encodings {
		all = append(all, tt.bytes...)
	}
	r := NewReader(all)
	if err := r.Check(); err != nil {
		t.Fatalf("Check: %v", err)
	}
	for _, tt := range encodings {
		if !r.More() {
			t.Fatalf("no more before %s: %v", tt.name, r.Err())
		}
		if diff := cmp.Diff(tt.value, r.Next()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
	if r.More() {
		t.Error("more behind the last")
	}
	if got := r.Next(); got.Type != Nil || r.Err() != nil {
		t.Errorf("behind the last: %v, %v", got, r.Err())
	}
}

// Text, Integer and Reference take what Next would return, and leave what is of another type.
func TestReader_typed(t *testing.T) {
	for _, tt := range encodings {
		r := NewReader([]byte(tt.bytes))
		want := r.Next()
		for name, take := range map[string]func(*Reader) (Value, bool){
			"Text":      func(r *Reader) (Value, bool) { text, ok := r.Text(); return Value{Type: String, Bytes: text}, ok },
			"Integer":   func(r *Reader) (Value, bool) { i, ok := r.Integer(); return Value{Type: Integer, Int: i}, ok },
			"Reference": func(r *Reader) (Value, bool) { h, ok := r.Reference(); return Value{Type: Handle, Int: int64(h)}, ok },
		} {
			for length := range len(tt.bytes) + 1 {
				r := NewReader([]byte(tt.bytes)[:length:length])
				got, ok := take(&r)
				switch {
				case ok != (length == len(tt.bytes) && got.Type == want.Type):
					t.Errorf("%s of %d bytes of %s: %v", name, length, tt.name, ok)
				case ok && (!cmp.Equal(got, want) || r.More()):
					t.Errorf("%s of %s: %+v, want %+v", name, tt.name, got, want)
				case !ok && len(r.Rest()) != length:
					t.Errorf("%s of %s moved on", name, tt.name)
				}
			}
		}
	}
}

// What a function writes behind a value that it has read must not reach the next one.
func TestReader_Next_capacity(t *testing.T) {
	data := []byte("\x05\x01\x00\x00\x00a\x02")
	r := NewReader(data)
	_ = append(r.Next().Bytes, 0xee)
	if data[6] != byte(True) {
		t.Error("appending to a string wrote over its neighbour")
	}
}

func TestReader_Skip(t *testing.T) {
	w := NewWriter(nil)
	w.String("one")
	w.EndTable(w.BeginTable())
	w.Int(3)
	r := NewReader(w.Bytes())
	r.Skip(2)
	if got := r.Next().Int; got != 3 {
		t.Errorf("got %d, want 3", got)
	}
	r.Skip(10)
	if r.Err() != nil {
		t.Error(r.Err())
	}
}

func TestValue_Truth(t *testing.T) {
	for _, tt := range encodings {
		if got, want := tt.value.Truth(), tt.name != "nil" && tt.name != "false"; got != want {
			t.Errorf("%s: %v, want %v", tt.name, got, want)
		}
	}
}

func TestType_String(t *testing.T) {
	for code, want := range []string{"nil", "boolean", "boolean", "number", "number", "string", "table", "userdata", "type 0x08"} {
		if got := Type(code).String(); got != want {
			t.Errorf("%d: %q, want %q", code, got, want)
		}
	}
}

// nested returns a table of n levels.
func nested(n int) []byte {
	w := NewWriter(nil)
	var marks []int
	for range n {
		marks = append(marks, w.BeginTable())
		w.Int(1)
	}
	w.Nil()
	for i := range n {
		w.EndTable(marks[n-1-i])
	}
	return bytes.Clone(w.Bytes())
}

func TestReader_Check_depth(t *testing.T) {
	r := NewReader(nested(MaxDepth))
	if err := r.Check(); err != nil {
		t.Errorf("%d levels: %v", MaxDepth, err)
	}
}
