package protobuf

import (
	"bytes"
	"testing"
)

// The converters protobuf and ungrpc are compared with HAProxy's in proxy/sample.
func TestPath_Find(t *testing.T) {
	tests := []struct {
		name, path, message string
		want                string // nothing when it is not found
	}{
		{"number", "1", "\x08\x96\x01", "\x96\x01"},
		{"nested", "1.2", "\x0a\x02\x10\x07", "\x07"},
		{"not a message", "1.2", "\x08\x07", ""},
		{"after others", "3", "\x08\x01\x15abcd\x19abcdefgh\x1a\x01x", "abcdefgh"},
		{"longer than the message", "1", "\x0a\x05a", ""},
		{"a length without end", "1", "\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01a", ""},
		{"group", "2", "\x0b\x10\x01\x0c", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p, ok := ParsePath(test.path)
			if !ok {
				t.Fatal("no path")
			}
			f, ok := p.Find([]byte(test.message))
			if ok != (test.want != "") || string(f.Data) != test.want {
				t.Errorf("found %t: %q, want %q", ok, f.Data, test.want)
			}
		})
	}
}

func FuzzPath_Find(f *testing.F) {
	f.Add("1.2", []byte("\x0a\x02\x10\x07"))
	f.Add("3", []byte("\x08\x01\x15abcd\x19abcdefgh\x1a\x01x"))
	f.Fuzz(func(t *testing.T, path string, message []byte) {
		p, ok := ParsePath(path)
		if !ok {
			return
		}
		field, ok := p.Find(message)
		if !ok {
			return
		}
		if !bytes.Contains(message, field.Data) {
			t.Errorf("%q is not part of the message", field.Data)
		}
		for name := range types {
			typ, _ := TypeNamed(name)
			field.Number(typ)
		}
	})
}
