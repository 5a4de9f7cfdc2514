package abi

import (
	"errors"
	"testing"
)

func TestReader_Check_Errors(t *testing.T) {
	for _, tt := range []struct {
		name  string
		bytes string
		want  string
	}{
		{"unknown type", "\x08", "malformed value: type 0x08 at offset 0"},
		{"last type", "\x02\xff", "malformed value: type 0xff at offset 1"},
		{"integer without bytes", "\x03", "malformed value: truncated number at offset 0"},
		{"integer of seven bytes", "\x03\x00\x00\x00\x00\x00\x00\x00", "malformed value: truncated number at offset 0"},
		{"float of seven bytes", "\x00\x04\x00\x00\x00\x00\x00\x00\x00", "malformed value: truncated number at offset 1"},
		{"string without length", "\x05", "malformed value: truncated length at offset 0"},
		{"string with three bytes of length", "\x05\x00\x00\x00", "malformed value: truncated length at offset 0"},
		{"string one byte short", "\x05\x02\x00\x00\x00a", "malformed value: length beyond the end at offset 0"},
		{"string of 4 GiB", "\x05\xff\xff\xff\xff", "malformed value: length beyond the end at offset 0"},
		{"string whose end wraps around", "\x02\x05\xfb\xff\xff\xffabcdef", "malformed value: length beyond the end at offset 1"},
		{"table without length", "\x06\x00", "malformed value: truncated length at offset 0"},
		{"table of 4 GiB", "\x06\xff\xff\xff\xff\x00\x00", "malformed value: length beyond the end at offset 0"},
		{"handle of three bytes", "\x07\x00\x00\x00", "malformed value: truncated handle at offset 0"},
		{"key without a value", "\x06\x01\x00\x00\x00\x02", "malformed value: table key without a value at offset 0"},
		{"third key without a value", "\x00\x06\x03\x00\x00\x00\x02\x02\x02", "malformed value: table key without a value at offset 1"},
		{"value that leaves its table", "\x06\x06\x00\x00\x00\x02\x05\x01\x00\x00\x00a", "malformed value: length beyond the end at offset 1"},
		{"malformed in a nested table", "\x06\x07\x00\x00\x00\x02\x06\x01\x00\x00\x00\x09", "malformed value: type 0x09 at offset 0"},
		{"too deep", string(nested(MaxDepth + 1)), "malformed value: tables nested too deeply at offset 9"},
		{"much too deep", string(nested(100_000)), "malformed value: tables nested too deeply at offset 9"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := NewReader([]byte(tt.bytes))
			err := r.Check()
			if !errors.Is(err, ErrMalformed) || err.Error() != tt.want {
				t.Errorf("got %v, want %s", err, tt.want)
			}
			if r.Err() != nil {
				t.Error("Check moved the reader")
			}
		})
	}
}

// After a malformation a reader gives nothing more: what stands behind it could be anything.
func TestReader_Next_afterMalformation(t *testing.T) {
	r := NewReader([]byte("\x02\x09\x02"))
	if !r.Next().Truth() || r.Next().Type != Nil || r.Next().Type != Nil || r.More() {
		t.Error("read on behind a malformation")
	}
	if !errors.Is(r.Err(), ErrMalformed) {
		t.Errorf("got %v", r.Err())
	}
}
