package frontend

import (
	"net"
	"syscall"

	"tidelock/proxy/http1"
	"tidelock/proxy/message"
	"tidelock/proxy/stream"
)

var _ stream.Control = (*session)(nil)

// Socket implements stream.Control. What wraps the socket, such as TLS, says what is inside.
func (s *session) Socket() syscall.Conn {
	c := s.client.Net()
	for {
		wrapper, ok := c.(interface{ NetConn() net.Conn })
		if !ok {
			break
		}
		c = wrapper.NetConn()
	}
	socket, _ := c.(syscall.Conn)
	return socket
}

// SendInterim implements stream.Control. It passes on those of servers too. Clients of HTTP/1.0 do not know them.
func (s *session) SendInterim(m *message.Message) error {
	if older(s.request.Version()) {
		return nil
	}
	if err := s.client.WriteHead(m, http1.Framing{}, false, http1.Unsaid); err != nil {
		return err
	}
	return s.client.Flush()
}
