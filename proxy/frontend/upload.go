package frontend

import (
	"errors"
	"io"
	"time"

	"tidelock/proxy/filter"
	"tidelock/proxy/http1"
	"tidelock/proxy/stream"
)

// upload carries a request's body to the server, in a goroutine of its own where the body has yet to arrive.
type upload struct {
	writer  http1.BodyWriter
	running chan struct{} // closed when the goroutine has ended; nil while there is none
	err     error         // valid once it ended
	client  bool          // err is of the client's side
}

var errPanic = errors.New("frontend: panic while a request's body was forwarded")

func (u *upload) start(s *session) {
	u.running = make(chan struct{})
	u.err, u.client = errPanic, false
	if s.serverTimeout() > 0 {
		// A client that stops sending lets the server's time run out, not its own: that starts when there is a response.
		s.client.SetReadTimeout(0, time.Time{})
	}
	go u.run(s, u.running)
}

func (u *upload) run(s *session, ended chan struct{}) {
	defer close(ended)
	defer s.recovered("upload")
	u.err = u.copy(s)
	switch {
	case u.err == nil:
		s.waiting.resume()
	case u.clientFailed() && u.err != http1.ErrInterrupted:
		// The session waits for a response that the server has no reason to send, or on behalf of a client that is gone.
		if isReset(u.err) {
			resetOnClose(s.server.Net())
		}
		s.server.HaltReading()
		s.waiting.cancel()
	}
}

// copy forwards the body to its end.
func (u *upload) copy(s *session) error {
	u.client = false
	if s.filters != nil {
		if err := u.copyFiltered(s); err != nil {
			return err
		}
		return u.finish(s)
	}
	for {
		moved, err := s.requestBody.Relay(&u.writer)
		if moved && err == nil {
			continue
		}
		var piece []byte
		if err == nil {
			piece, err = s.requestBody.Next()
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			var server *http1.FlushError
			u.client = !errors.As(err, &server)
			return err
		}
		if _, err := u.writer.Write(piece); err != nil {
			return err
		}
	}
	return u.finish(s)
}

// finish ends the body at the server.
func (u *upload) finish(s *session) error {
	if err := u.writer.Close(&s.request); err != nil {
		return err
	}
	return s.server.Flush()
}

// finished reports whether the whole body has been forwarded.
func (u *upload) finished(s *session) bool {
	if u.running == nil {
		return s.requestBody.Done()
	}
	select {
	case <-u.running:
		return u.err == nil
	default:
		return false
	}
}

// clientFailed reports, once stopped, whether the client did not deliver the body.
func (u *upload) clientFailed() bool { return u.client && u.err != nil }

// cause says how the client failed to deliver the body.
func (u *upload) cause() stream.Cause {
	if syntax := (*http1.SyntaxError)(nil); errors.As(u.err, &syntax) || errors.Is(u.err, filter.ErrRefused) {
		return stream.ProxyDenied
	}
	return clientCause(u.err)
}

// stop ends the goroutine, if it still runs. A body that was cut short leaves both connections of no further use.
func (u *upload) stop(s *session) {
	defer s.requestBody.FlushBeforeWait(&s.client)
	if u.running == nil {
		u.err, u.client = nil, false
		return
	}
	if !u.finished(s) {
		s.client.HaltReading()
		s.haltFilters()
		if s.server != nil {
			s.server.Net().Close() // it may wait for the server to take data
		}
		<-u.running
		s.client.ResumeReading()
	}
	u.running = nil
	if u.client && errors.Is(u.err, http1.ErrInterrupted) {
		u.client = false
	}
}
