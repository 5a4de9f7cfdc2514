package http1

import (
	"io"
	"net"
	"time"
)

// script is a network connection that delivers fixed input, in pieces of a given size, and keeps what is written.
type script struct {
	net.Conn
	input  []byte
	piece  int // most bytes per read, 0 for no bound
	output []byte
}

func (s *script) Read(p []byte) (int, error) {
	if len(s.input) == 0 {
		return 0, io.EOF
	}
	if s.piece > 0 && len(p) > s.piece {
		p = p[:s.piece]
	}
	n := copy(p, s.input)
	s.input = s.input[n:]
	return n, nil
}

func (s *script) Write(p []byte) (int, error) {
	s.output = append(s.output, p...)
	return len(p), nil
}

func (s *script) Close() error                     { return nil }
func (s *script) SetReadDeadline(time.Time) error  { return nil }
func (s *script) SetWriteDeadline(time.Time) error { return nil }

// reading returns a Conn with that input.
func reading(input string, piece int) *Conn {
	return NewConn(&script{input: []byte(input), piece: piece})
}

// written flushes c and returns what it wrote.
func written(c *Conn) string {
	c.Flush()
	return string(c.net.(*script).output)
}
