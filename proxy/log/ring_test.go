package log

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"
)

func readAll(r *RingReader) string {
	var all []string
	for {
		line, ok := r.Next(nil)
		if !ok {
			return strings.Join(all, " ")
		}
		all = append(all, string(line))
	}
}

func TestRing_Append(t *testing.T) {
	tests := []struct {
		name         string
		size         int
		holds, atEnd bool
		lines        int
		want         string
		dropped      uint64
	}{
		{"all fit", 100, false, false, 3, "line0 line1 line2", 0},
		{"the oldest give way", 20, false, false, 5, "line3 line4", 0},
		{"across the end of the memory", 23, false, false, 40, "line38 line39", 0},
		{"what is held stays", 20, true, false, 5, "line0 line1", 3},
		{"a line too long for all of it", 7, false, false, 1, "", 1},
		{"from the end", 100, false, true, 2, "line0 line1", 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := NewRing(tt.size)
			reader := r.Read(tt.atEnd, tt.holds)
			defer reader.Close()
			for i := range tt.lines {
				r.Append(fmt.Appendf(nil, "line%d", i))
			}
			if got := readAll(reader); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			if got := r.Dropped(); got != tt.dropped {
				t.Errorf("%d lines dropped, want %d", got, tt.dropped)
			}
		})
	}
}

// A reader that is closed holds nothing any more.
func TestRingReader_Close(t *testing.T) {
	r := NewRing(20)
	reader := r.Read(false, true)
	for range 3 {
		r.Append([]byte("line"))
	}
	reader.Close()
	if !r.Append([]byte("line")) {
		t.Error("no room though nobody holds")
	}
}

// Forwarding connects again when the server goes away.
func TestRing_Forward(t *testing.T) {
	for _, octets := range []bool{false, true} {
		t.Run(fmt.Sprint("octet count ", octets), func(t *testing.T) {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer l.Close()
			r := NewRing(1000)
			ctx, cancel := context.WithCancel(t.Context())
			ended := r.Forward(ctx, Forwarding{Network: "tcp", Address: l.Addr().String(), OctetCount: octets, WriteTimeout: time.Minute})
			defer func() {
				cancel()
				<-ended
			}()
			want := "hello\n"
			if octets {
				want = "5 hello"
			}
			for range 2 {
				c, err := l.Accept()
				if err != nil {
					t.Fatal(err)
				}
				r.Append([]byte("hello"))
				got := make([]byte, len(want))
				if _, err := io.ReadFull(bufio.NewReader(c), got); err != nil || string(got) != want {
					t.Errorf("got %q, %v; want %q", got, err, want)
				}
				c.Close()
			}
		})
	}
}
