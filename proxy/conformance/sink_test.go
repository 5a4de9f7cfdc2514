package conformance

import (
	"errors"
	"net"
	"os"
	"time"
)

// sink receives log lines, one datagram each.
type sink struct{ net.PacketConn }

func newSink(network, address string) (*sink, error) {
	c, err := net.ListenPacket(network, address)
	if err != nil {
		return nil, err
	}
	return &sink{c}, nil
}

// receive waits for a number of lines.
func (s *sink) receive(n int) ([]byte, error) {
	var lines []byte
	for range n {
		line, err := s.next(patience)
		lines = append(lines, line...)
		if err != nil {
			return lines, err
		}
	}
	return lines, nil
}

// silence returns what arrives within a short time: nothing, as a rule.
func (s *sink) silence() []byte {
	var lines []byte
	for {
		line, err := s.next(quiet)
		if err != nil {
			return lines
		}
		lines = append(lines, line...)
	}
}

func (s *sink) next(wait time.Duration) ([]byte, error) {
	s.SetReadDeadline(time.Now().Add(wait))
	buffer := make([]byte, 1<<16)
	n, _, err := s.ReadFrom(buffer)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return nil, errors.New("no log line arrived")
	}
	return buffer[:n], err
}
