package frontend

import (
	"errors"
	"io"
	"net"
	"time"

	"tidelock/proxy/http1"
	"tidelock/proxy/stream"
)

// tunnel copies bytes both ways until both sides have ended or one fails. Here alone both directions always move at
// once, hence the second goroutine.
func (s *session) tunnel() {
	s.waiting.suspend()
	s.keep = false
	if t := s.backend.Timeouts.Tunnel; t > 0 {
		for _, c := range []*http1.Conn{&s.client, s.server.Conn} {
			c.SetReadTimeout(t, time.Time{})
			c.SetWriteTimeout(t)
		}
	}
	if err := s.client.Flush(); err != nil {
		s.stream.Record.End(clientCause(err), stream.InData)
		return
	}
	up := make(chan copied, 1)
	go func() { up <- s.copyOneWay(s.server.Conn, &s.client) }()
	var down copied
	if s.inspectAnswer() {
		down = s.copyOneWay(&s.client, s.server.Conn)
	}
	first := <-up
	if s.stream.Request != nil {
		s.stream.Record.BytesIn += first.bytes
		s.stream.Record.BytesOut += down.bytes
	}
	// Who failed first is to blame; the other direction then ended because its connection was closed.
	switch {
	case first.failed():
		s.blame(first, clientCause, serverCause)
	case down.failed():
		s.blame(down, serverCause, clientCause)
	}
}

// inspectAnswer runs the rules over what a TCP server sends first, while the other direction already moves. It reports
// whether they let it pass.
func (s *session) inspectAnswer() bool {
	b := s.backend
	if s.stream.Response != nil || b.ResponseContentRules == nil && b.RememberResponse == nil {
		return true
	}
	s.offerResponse()
	verdict := s.inspect(b.ResponseContentRules, &s.responseInput, b.ResponseInspectDelay)
	s.rememberResponse()
	s.stream.ResponseInput = nil
	if s.obeyTCP(verdict, stream.InData) {
		return true
	}
	s.stopTunnel()
	return false
}

// copied is how one direction of a tunnel ended.
type copied struct {
	err     error // nil at the end of input
	writing bool  // err is the destination's
	bytes   int64
}

func (s *session) blame(c copied, source, destination func(error) stream.Cause) {
	cause := source
	if c.writing {
		cause = destination
	}
	s.stream.Record.End(cause(c.err), stream.InData)
}

// failed reports whether the direction ended by an error of its own.
func (c copied) failed() bool {
	return c.err != nil && c.err != http1.ErrInterrupted && !errors.Is(c.err, net.ErrClosed)
}

// copyOneWay is copyBytes of which not even a panic leaves the other direction behind.
func (s *session) copyOneWay(to, from *http1.Conn) (result copied) {
	result.err = errPanic
	defer func() {
		if result.err == errPanic {
			s.stopTunnel()
		}
	}()
	defer s.recovered("tunnel")
	return s.copyBytes(to, from)
}

// copyBytes copies to the end of input, which it passes on. On failure it stops the other direction.
func (s *session) copyBytes(to, from *http1.Conn) (c copied) {
	for {
		if len(from.Buffered()) == 0 {
			if err := from.Fill(); err == io.EOF {
				to.CloseWrite()
				if fin := s.finTimeout(to); fin > 0 {
					to.ReplaceReadTimeout(fin)
				}
				return c
			} else if err != nil {
				s.stopTunnel()
				c.err = err
				return c
			}
		}
		data := from.Buffered()
		c.bytes += int64(len(data))
		to.Write(data)
		if err := to.Flush(); err != nil {
			s.stopTunnel()
			c.err, c.writing = err, true
			return c
		}
		from.Discard(len(data))
	}
}

// finTimeout returns how long each wait for a side may take once the other has ended, 0 for as long as before.
func (s *session) finTimeout(c *http1.Conn) time.Duration {
	if c == &s.client {
		return s.frontend.Timeouts.Fin
	}
	return s.backend.Timeouts.Fin
}

// stopTunnel ends both directions, whatever they wait for.
func (s *session) stopTunnel() {
	for _, c := range []*http1.Conn{&s.client, s.server.Conn} {
		c.HaltReading()
		underneath(c.Net()).Close()
	}
}
