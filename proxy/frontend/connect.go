package frontend

import (
	"errors"
	"net"
	"time"

	"tidelock/proxy/counter"
	"tidelock/proxy/server"
	"tidelock/proxy/stream"
)

// connect takes an idle connection to the server or opens one, and reports whether there is one now.
func (s *session) connect(target *server.Server, reuse bool) bool {
	record := &s.stream.Record
	if reuse {
		for c := target.Idle(); c != nil; c = target.Idle() {
			if c.Alive() {
				record.Reused = true
				record.Timers.Connect = 0
				s.countServer(counter.Reuses)
				return s.adopt(c)
			}
			c.Close()
		}
	}
	record.Reused = false
	begin := time.Now()
	c, err := s.dial(target)
	if err != nil {
		cause := stream.ServerAborted
		if timeout := net.Error(nil); errors.As(err, &timeout) && timeout.Timeout() {
			cause = stream.ServerTimeout
		}
		s.countServer(counter.ConnectErrors)
		record.End(cause, stream.InConnect)
		return false
	}
	record.Timers.Connect = time.Since(begin)
	return s.adopt(c)
}

// dial opens a connection to the server, trying again as the backend allows.
func (s *session) dial(target *server.Server) (*server.Conn, error) {
	timeouts := &s.backend.Timeouts
	for attempt := 0; ; attempt++ {
		s.countServer(counter.Connects)
		c, err := target.Dial(s.frontend.cut, timeouts.Connect)
		if err == nil || attempt >= s.backend.Retries {
			return c, err
		}
		s.stream.Record.Retries++
		s.countServer(counter.Retries)
		// Like HAProxy wait before trying the same server again, so that one that restarts is given the time.
		pause := time.Second
		if timeouts.Connect > 0 {
			pause = min(pause, timeouts.Connect)
		}
		select {
		case <-time.After(pause):
		case <-s.frontend.cut.Done():
			return nil, err
		}
	}
}

// adopt makes c the session's server connection.
func (s *session) adopt(c *server.Conn) bool {
	c.SetReadTimeout(s.backend.Timeouts.Server, time.Time{})
	c.SetWriteTimeout(s.backend.Timeouts.Server)
	return s.setServer(c)
}
