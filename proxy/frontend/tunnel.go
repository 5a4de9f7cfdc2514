package frontend

import (
	"errors"
	"io"
	"math"
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
	if t := s.tunnelTimeout(); t > 0 {
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
	s.blameTunnel(first, down)
}

// blameTunnel notes why a tunnel ended, unless both sides said that they had no more. Who failed first is to blame; the
// other direction then ended because its connection was closed.
func (s *session) blameTunnel(up, down copied) {
	client, server := s.patience()
	switch {
	case down.timedOut() && up.err != nil && client > 0 && client <= server:
		s.stream.Record.End(stream.ClientTimeout, stream.InData) // HAProxy looks at the client first
	case down.timedOut(), down.failed() && !up.failed():
		s.blame(down, serverCause, clientCause)
	case up.failed():
		s.blame(up, clientCause, serverCause)
	}
}

// patience returns how long each side of a tunnel may be silent, 0 for ever.
func (s *session) patience() (client, server time.Duration) {
	if t := s.tunnelTimeout(); t > 0 {
		return t, t
	}
	return s.frontend.Timeouts.Client, s.serverTimeout()
}

// inspectAnswer runs the rules over what a TCP server sends first, while the other direction already moves. It reports
// whether they let it pass.
func (s *session) inspectAnswer() bool {
	b := s.backend
	if s.stream.Response != nil || b.ResponseContentRules == nil && b.RememberResponse == nil {
		return true
	}
	s.offerResponse()
	if b.ResponseContentRules != nil && len(s.responseInput.Peek()) == 0 {
		s.responseInput.more(time.Time{}) // there is nothing to look at before; an error is met again
	}
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
func (c copied) failed() bool { return c.err != nil && !interrupted(c.err) }

// timedOut reports whether the direction ended because its source was silent for too long.
func (c copied) timedOut() bool { return c.err == http1.ErrTimeout && !c.writing }

// interrupted reports whether an error says only that the session has ended what was under way.
func interrupted(err error) bool { return err == http1.ErrInterrupted || errors.Is(err, net.ErrClosed) }

// copyOneWay is copyBytes of which not even a panic leaves the other direction behind.
func (s *session) copyOneWay(to, from *http1.Conn) (result copied) {
	result.err = errPanic
	defer func() {
		if result.err == errPanic {
			s.stopTunnel()
		}
	}()
	defer s.recovered("tunnel")
	if s.filters != nil && s.stream.Request == nil { // what a client has upgraded to is nothing that filters know
		if from == &s.client {
			return s.copyFiltered(&s.filters.Request, to, from)
		}
		return s.copyFiltered(&s.filters.Response, to, from)
	}
	return s.copyBytes(to, from)
}

// copyBytes copies to the end of input, which it passes on. On failure it stops the other direction.
func (s *session) copyBytes(to, from *http1.Conn) (c copied) {
	for {
		n, err := copySome(to, from)
		c.bytes += n
		var writing *http1.FlushError
		switch {
		case err == nil:
			continue
		case err == io.EOF:
			s.endDirection(to, from, false)
		case errors.As(err, &writing):
			c.err, c.writing = writing.Err, true
			if to == &s.client {
				s.failClient(c.err)
			}
			s.stopTunnel()
		default:
			c.err = err
			s.failDirection(to, from, err)
		}
		return c
	}
}

// copySome waits for input and copies it. A stream that does not fit a buffer goes past the process, where it can.
func copySome(to, from *http1.Conn) (n int64, err error) {
	if len(from.Buffered()) == 0 {
		if from.Streams() {
			if n, err := from.Relay(to, math.MaxInt64); n > 0 || err != nil {
				return n, err
			}
		}
		if err := from.Fill(); err != nil {
			return 0, err
		}
	}
	data := from.Buffered()
	to.Write(data)
	if err := to.Flush(); err != nil {
		return int64(len(data)), &http1.FlushError{Err: err}
	}
	from.Discard(len(data))
	return int64(len(data)), nil
}

// endDirection ends the direction of which from has sent all that it will send. The other one goes on, unless it is the
// server of an upgraded connection who has ended: its word is the response, and nobody listens to the request any more.
func (s *session) endDirection(to, from *http1.Conn, expired bool) {
	if s.upgraded() && from != &s.client {
		if expired {
			resetOnClose(from.Net())
		}
		s.client.HaltReading()
		underneath(from.Net()).Close()
		return
	}
	to.CloseWrite()
	if fin := s.finTimeout(to); fin > 0 {
		to.ReplaceReadTimeout(fin)
	}
}

// upgraded reports whether the tunnel is what a client upgraded to, unlike one that CONNECT opened.
func (s *session) upgraded() bool {
	return s.stream.Request != nil && s.response.Status() == 101
}

// failDirection ends the direction of which from failed. One that was silent for too long is taken for ended, and may still
// be told what the other side has to say, unless the time of both is over at once.
func (s *session) failDirection(to, from *http1.Conn, err error) {
	client, server := s.patience()
	switch {
	case err == http1.ErrTimeout && client != server:
		s.endDirection(to, from, true)
		return
	case err == http1.ErrTimeout && s.stream.Request != nil:
		resetOnClose(s.server.Net())
	case from == &s.client:
		s.failClient(err)
	}
	s.stopTunnel()
}

// failClient passes a reset of the client's on to the server.
func (s *session) failClient(err error) {
	if err != http1.ErrTimeout && !interrupted(err) {
		resetOnClose(s.server.Net())
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
	if s.filters != nil {
		s.filters.Halt()
	}
	for _, c := range []*http1.Conn{&s.client, s.server.Conn} {
		c.HaltReading()
		underneath(c.Net()).Close()
	}
}
