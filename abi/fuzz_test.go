package abi

import (
	"bytes"
	"testing"
)

// FuzzReader checks that reading anything ends without a panic, and that what Check accepts is read without an error,
// no deeper than MaxDepth, and written again as it was.
func FuzzReader(f *testing.F) {
	for _, tt := range encodings {
		f.Add([]byte(tt.bytes))
	}
	f.Add(nested(MaxDepth))
	f.Add(nested(MaxDepth + 1))
	f.Add([]byte("\x06\xff\xff\xff\xff"))
	f.Add([]byte("\x06\x01\x00\x00\x00\x02"))
	f.Fuzz(func(t *testing.T, data []byte) {
		r := NewReader(data)
		valid := r.Check() == nil
		w := NewWriter(nil)
		depth := rewrite(&r, &w)
		if !valid {
			return
		}
		if r.Err() != nil || r.More() {
			t.Errorf("Check accepts what cannot be read: %v", r.Err())
		}
		if depth > MaxDepth {
			t.Errorf("Check accepts %d levels", depth)
		}
		if !bytes.Equal(w.Bytes(), data) {
			t.Errorf("read %x, wrote %x", data, w.Bytes())
		}
	})
}

// rewrite copies values one by one, and returns how deep their tables are.
func rewrite(r *Reader, w *Writer) (depth int) {
	for r.More() {
		v := r.Next()
		if v.Type != Table {
			if r.Err() == nil {
				w.Value(v)
			}
			continue
		}
		mark := w.BeginTable()
		entries := v.Entries()
		depth = max(depth, 1+rewrite(&entries, w))
		w.EndTable(mark)
	}
	return depth
}
