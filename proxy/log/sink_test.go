package log

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestSink_Write expects the headers that HAProxy 2.6.12 puts before events, but for dates.
func TestSink_Write(t *testing.T) {
	tests := []struct {
		format           Format
		beginning, event string
	}{
		{RFC3164, "<0>", " localhost an event"},
		{RFC5424, "<0>1 2", " - - - - - an event"},
		{Local, "<0>", " an event"},
		{Priority, "<0>an event", ""},
		{Short, "<0>an event", ""},
		{Timed, "<0>2", " an event"},
		{ISO, "2", " an event"},
		{Raw, "an event", ""},
		{"", "an event", ""},
	}
	for _, tc := range tests {
		t.Run(string(tc.format), func(t *testing.T) {
			sink := &Sink{Ring: NewRing(1000), Format: tc.format}
			if _, err := sink.Write([]byte("an event")); err != nil {
				t.Fatal(err)
			}
			reader := sink.Ring.Read(false, false)
			defer reader.Close()
			line, _ := reader.Next(nil)
			if got := string(line); !strings.HasPrefix(got, tc.beginning) || !strings.HasSuffix(got, tc.event) {
				t.Errorf("got %q", got)
			}
		})
	}
}

// TestRing_Back reads back from the file what the ring held when the process ended.
func TestRing_Back(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ring")
	if err := os.WriteFile(path, []byte("before"), 0o600); err != nil {
		t.Fatal(err)
	}
	ring := NewRing(200)
	if err := ring.Back(path); err != nil {
		t.Fatal(err)
	}
	defer ring.Close()
	for _, size := range []int{100, 90, 50, 60} { // around the end more than once
		if !ring.Append([]byte(strings.Repeat("x", size))) {
			t.Fatal("no room")
		}
	}
	file, err := os.ReadFile(path)
	if err != nil || len(file) != 200 {
		t.Fatal(len(file), err)
	}
	first, end := binary.LittleEndian.Uint64(file), binary.LittleEndian.Uint64(file[8:])
	saved := &Ring{size: 200 - backingHeader, memory: file[backingHeader:], first: first, end: end, readers: map[*RingReader]struct{}{}}
	for _, size := range []int{50, 60} {
		reader := saved.Read(false, false)
		reader.next = first
		line, ok := reader.Next(nil)
		if !ok || string(line) != strings.Repeat("x", size) {
			t.Errorf("got %q, want %d bytes", line, size)
		}
		first = reader.next
		reader.Close()
	}
	if kept, err := os.ReadFile(path + ".bak"); string(kept) != "before" {
		t.Errorf("kept %q, %v", kept, err)
	}
}
