package frontend

import (
	"errors"
	"net"
	"time"

	"tidelock/proxy/counter"
	"tidelock/proxy/server"
	"tidelock/proxy/stream"
)

// connect takes an idle connection to the server or opens one, and reports whether there is one now. It tries again as
// the backend allows.
func (s *session) connect(reuse bool) bool {
	record := &s.stream.Record
	if reuse && s.reuse(s.attempt.target) {
		return true
	}
	record.Reused = false
	begin := time.Now()
	for {
		s.countServer(counter.Connects)
		target := s.attempt.target
		c, err := target.Dial(s.frontend.cut, &s.stream, s.backend.Timeouts.Connect)
		if err == nil {
			record.Timers.Connect = time.Since(begin)
			return s.adopt(c)
		}
		s.stream.ConnectError = stream.ConnectErrorOf(err)
		target.Observe(server.ConnectFailed)
		if s.again(false) {
			continue
		}
		cause := stream.ServerAborted
		if timeout := net.Error(nil); errors.As(err, &timeout) && timeout.Timeout() {
			cause = stream.ServerTimeout
		}
		if s.stream.Server != nil {
			s.countServer(counter.ConnectErrors)
		}
		record.End(cause, stream.InConnect)
		return false
	}
}

// reuse takes an idle connection to the server and reports whether there was one.
func (s *session) reuse(target *server.Server) bool {
	for c := target.Idle(); c != nil; c = target.Idle() {
		if c.Alive() {
			s.stream.Record.Reused = true
			s.stream.Record.Timers.Connect = 0
			s.countServer(counter.Reuses)
			return s.adopt(c)
		}
		c.Close()
	}
	return false
}

// adopt makes c the session's server connection.
func (s *session) adopt(c *server.Conn) bool {
	c.SetReadTimeout(s.backend.Timeouts.Server, time.Time{})
	c.SetWriteTimeout(s.backend.Timeouts.Server)
	c.Begin()
	s.stream.ServerConnection, s.stream.ConnectError = c.Endpoint, stream.Success
	c.Server.Observe(server.Connected)
	return s.setServer(c)
}
