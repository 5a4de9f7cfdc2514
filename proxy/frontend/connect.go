package frontend

import (
	"context"
	"errors"
	"net"
	"time"

	"tidelock/proxy/counter"
	"tidelock/proxy/http1"
	"tidelock/proxy/server"
	"tidelock/proxy/stream"
)

// connect takes an idle connection to the server or opens one, and reports whether there is one now. It tries again as
// the backend allows.
func (s *session) connect(reuse bool) bool {
	record := &s.stream.Record
	s.traceAttempt()
	if reuse && s.reuse(s.attempt.target) {
		return true
	}
	record.Reused = false
	if s.attempt.connectingAt.IsZero() {
		s.attempt.connectingAt = time.Now()
	}
	for {
		s.countServer(counter.Connects)
		target := s.attempt.target
		c, err := target.Dial(s.dialContext(), &s.stream, s.backend.Timeouts.Connect)
		if err == nil {
			record.Timers.Connect = time.Since(s.attempt.connectingAt)
			return s.adopt(c)
		}
		if s.aborted() {
			record.End(stream.ClientAborted, stream.InConnect)
			return false
		}
		s.stream.ConnectError = stream.ConnectErrorOf(err)
		s.stream.ServerConnection = stream.Endpoint{Destination: target.Address().AddrPort()}
		target.Observe(server.ConnectFailed)
		s.traceAttempted(err)
		if s.again(false) {
			s.traceAttempt()
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

// dialContext returns what ends an attempt to connect early.
func (s *session) dialContext() context.Context {
	if s.abortsOnClose() {
		return s.waiting
	}
	return s.frontend.cut
}

// reuse takes an idle connection to the server and reports whether there was one.
func (s *session) reuse(target *server.Server) bool {
	for c := s.idleTo(target); c != nil; c = s.idleTo(target) {
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

// idleTo takes an idle connection to a server that the request may go over, or returns nil: the client's own first.
func (s *session) idleTo(target *server.Server) *server.Conn {
	if c := s.kept; c != nil {
		s.kept = nil
		if c.Reaches(target, &s.stream) {
			return c
		}
		c.Close()
	}
	return target.Share(s.backend.Reuse, s.stream.First)
}

// adopt makes c the session's server connection.
func (s *session) adopt(c *server.Conn) bool {
	c.SetReadTimeout(s.serverTimeout(), time.Time{})
	c.SetWriteTimeout(s.serverTimeout())
	b := s.backend
	c.Adapt(http1.Peer{Relaxed: b.AcceptInvalidResponse, HeaderCase: b.HeaderCase, NoLinger: b.NoLinger})
	c.Begin()
	s.stream.ServerConnection, s.stream.ConnectError = c.Endpoint, stream.Success
	s.stream.ServerTLS = c.TLS
	c.Server.Observe(server.Connected)
	return s.setServer(c)
}
