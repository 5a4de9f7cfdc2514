package socks4

import (
	"bytes"
	"errors"
	"io"
	"net/netip"
	"testing"
)

// server is a connection to a server that answers the same whatever it is asked.
type server struct {
	io.Reader
	asked bytes.Buffer
}

func (s *server) Write(b []byte) (int, error) { return s.asked.Write(b) }

func answering(text string) *server { return &server{Reader: bytes.NewReader([]byte(text))} }

func TestConnect(t *testing.T) {
	s := answering("\x00\x5a\x00\x00\x00\x00\x00\x00rest")
	if err := Connect(s, netip.MustParseAddrPort("[::ffff:192.0.2.1]:8080")); err != nil {
		t.Fatal(err)
	}
	if got, want := s.asked.String(), "\x04\x01\x1f\x90\xc0\x00\x02\x01HAProxy\x00"; got != want {
		t.Errorf("asked %q, want %q", got, want)
	}
	if rest, _ := io.ReadAll(s); string(rest) != "rest" {
		t.Errorf("%q is left to read, want what follows the answer", rest)
	}
}

func TestConnect_Errors(t *testing.T) {
	tests := []struct {
		name, to, answer string
		want             error // nil for any
	}{
		{"version 6", "[2001:db8::1]:80", "\x00\x5a\x00\x00\x00\x00\x00\x00", ErrAddress},
		{"refused", "192.0.2.1:80", "\x00\x5b\x00\x00\x00\x00\x00\x00", nil},
		{"cut short", "192.0.2.1:80", "\x00\x5a\x00", io.ErrUnexpectedEOF},
		{"nothing", "192.0.2.1:80", "", io.EOF},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := Connect(answering(tt.answer), netip.MustParseAddrPort(tt.to))
			if err == nil || tt.want != nil && !errors.Is(err, tt.want) {
				t.Errorf("Connect = %v, want %v", err, tt.want)
			}
		})
	}
}
