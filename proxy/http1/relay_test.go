//go:build linux

package http1

import (
	"bytes"
	"errors"
	"io"
	"net"
	"testing"
	"time"
)

// connected returns the two ends of a TCP connection, the first as a Conn.
func connected(t *testing.T) (*Conn, *net.TCPConn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	near, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	far, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	c := NewConn(near)
	t.Cleanup(func() { c.Close(); far.Close() })
	return c, far.(*net.TCPConn)
}

func TestConn_Relay(t *testing.T) {
	text := bytes.Repeat([]byte("0123456789abcdef"), 1<<16)
	tests := []struct {
		name  string
		most  int64
		pipes int
		want  int64
		err   error
	}{
		{"part", 100_000, 0, 100_000, nil},
		{"to the end", int64(len(text)) + 1, 0, int64(len(text)), io.EOF},
		{"no pipes", 1, -1, 0, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			Tune(Tuning{MaxPipes: tt.pipes})
			defer Tune(Tuning{})
			source, sender := connected(t)
			sink, receiver := connected(t)
			go func() {
				sender.Write(text)
				sender.CloseWrite()
			}()
			got := make(chan []byte)
			go func() {
				b, _ := io.ReadAll(receiver)
				got <- b
			}()
			n, err := source.Relay(sink, tt.most)
			if n != tt.want || err != tt.err {
				t.Errorf("%d bytes, %v, want %d, %v", n, err, tt.want, tt.err)
			}
			sink.CloseWrite()
			if b := <-got; !bytes.Equal(b, text[:tt.want]) {
				t.Errorf("%d bytes arrived that are not those sent", len(b))
			}
			if source.Received() != tt.want || sink.Sent() != tt.want {
				t.Errorf("counted %d in, %d out", source.Received(), sink.Sent())
			}
		})
	}
}

func TestConn_Relay_Errors(t *testing.T) {
	tests := []struct {
		name   string
		source func(*Conn, *net.TCPConn)
		sink   func(*Conn, *net.TCPConn)
		want   error
		write  bool
	}{
		{"silence", func(c *Conn, _ *net.TCPConn) { c.SetReadTimeout(20*time.Millisecond, time.Time{}) }, nil, ErrTimeout, false},
		{"interrupted", func(c *Conn, _ *net.TCPConn) { c.HaltReading() }, nil, ErrInterrupted, false},
		{"not taken", flood, func(c *Conn, _ *net.TCPConn) { c.SetWriteTimeout(20 * time.Millisecond) }, ErrTimeout, true},
		{"closed", flood, func(c *Conn, _ *net.TCPConn) { c.Net().Close() }, net.ErrClosed, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			source, sender := connected(t)
			sink, receiver := connected(t)
			tt.source(source, sender)
			if tt.sink != nil {
				tt.sink(sink, receiver)
			}
			before := pipesUsed.Load()
			_, err := source.Relay(sink, 1<<40)
			var writing *FlushError
			if !errors.Is(err, tt.want) || errors.As(err, &writing) != tt.write {
				t.Errorf("%v (writing: %v), want %v", err, writing != nil, tt.want)
			}
			if after := pipesUsed.Load(); after != before {
				t.Errorf("%d pipes kept", after-before)
			}
		})
	}
}

// flood sends without end.
func flood(_ *Conn, sender *net.TCPConn) {
	go func() {
		for b := make([]byte, 1<<16); ; {
			if _, err := sender.Write(b); err != nil {
				return
			}
		}
	}()
}
