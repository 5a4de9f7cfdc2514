package frontend

import (
	"context"
	"errors"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"tidelock/proxy/http1"
)

// exchange is the Context of one stream. It watches the client's connection from the first time that somebody asks for
// Done, so that an exchange on which nothing waits pays nothing.
//
// A client that closes its sending side behind its request may still want the response. Only where the backend says so
// (option abortonclose) it counts as gone then: what waits on its behalf is not worth keeping.
type exchange struct {
	session *session
	patient atomic.Bool // what waits now goes on without a client, even one that has reset its connection

	mu      sync.Mutex
	done    chan struct{} // guarded by mu; made by the first Done
	err     error         // guarded by mu; set once
	allowed bool          // guarded by mu; the session does not read the client itself
	watch   chan struct{} // guarded by mu; closed when the watching goroutine has ended, nil while there is none
	uncut   func() bool   // guarded by mu; ends the subscription to the frontend's cut
}

// Deadline implements context.Context.
func (e *exchange) Deadline() (time.Time, bool) { return time.Time{}, false }

// Value implements context.Context.
func (e *exchange) Value(any) any { return nil }

// Err implements context.Context.
func (e *exchange) Err() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.err
}

// Done implements context.Context.
func (e *exchange) Done() <-chan struct{} {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.done == nil {
		e.done = make(chan struct{})
		if e.err != nil {
			close(e.done)
		} else {
			e.uncut = context.AfterFunc(e.session.frontend.cut, e.cancel)
		}
	}
	e.startWatch()
	return e.done
}

// startWatch watches the client if somebody waits and the session lets it. mu is held.
func (e *exchange) startWatch() {
	if e.done == nil || e.err != nil || !e.allowed || e.watch != nil {
		return
	}
	e.watch = make(chan struct{})
	go e.watchClient(e.watch)
}

func (e *exchange) watchClient(ended chan struct{}) {
	defer close(ended)
	defer e.session.recovered("watch")
	client := &e.session.client
	client.SetReadTimeout(0, time.Time{})
	for {
		err := client.Fill()
		switch {
		case err == nil:
			continue // pipelined or body bytes: they stay buffered
		case err == io.EOF && !e.session.leaves():
			return
		case err == http1.ErrInterrupted, err == http1.ErrFull:
			return
		case e.patient.Load() && !errors.Is(err, net.ErrClosed):
			return
		}
		e.cancel()
		return
	}
}

// cancel ends the context.
func (e *exchange) cancel() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.err != nil {
		return
	}
	e.err = context.Canceled
	if e.done != nil {
		close(e.done)
	}
}

// suspend stops watching, for the session to read the client itself.
func (e *exchange) suspend() {
	e.mu.Lock()
	e.allowed = false
	watch := e.watch
	e.mu.Unlock()
	if watch == nil {
		return
	}
	client := &e.session.client
	client.HaltReading()
	<-watch
	client.ResumeReading()
	client.SetReadTimeout(e.session.frontend.Timeouts.Client, time.Time{})
	e.mu.Lock()
	e.watch = nil
	e.mu.Unlock()
}

// resume lets the client be watched again, if somebody waits.
func (e *exchange) resume() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.allowed = true
	e.startWatch()
}

// abortsOnClose reports whether a client that closes its sending side gives the exchange up.
func (s *session) abortsOnClose() bool {
	return s.stream.Request != nil && s.backend != nil && s.backend.AbortOnClose
}

// leaves reports whether a client that has just closed its sending side is gone: it broke off its request, or is not to be
// waited for.
func (s *session) leaves() bool {
	if s.stream.Request == nil {
		return false
	}
	if !s.requestBody.Buffered() || s.abortsOnClose() {
		return true
	}
	socket := s.Socket()
	return socket != nil && hungUp(socket)
}

// aborted reports whether the exchange was given up for that.
func (s *session) aborted() bool { return s.abortsOnClose() && s.waiting.Err() != nil }

// watchForAbort has the exchange end when its client goes away before the response began, if the backend wants that. The
// function returned ends the watch.
func (s *session) watchForAbort() func() bool {
	if !s.abortsOnClose() {
		return func() bool { return true }
	}
	return context.AfterFunc(s.waiting, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.server != nil {
			s.server.HaltReading()
		}
	})
}

// beginWaiting gives the stream its Context.
func (s *session) beginWaiting() {
	if s.waiting == nil {
		s.waiting = &exchange{session: s}
	}
	s.waiting.allowed = true
	s.waiting.patient.Store(false)
	s.stream.Context = s.waiting
}

// endWaiting ends the stream's Context. One that somebody asked for Done may be remembered and is not used again.
func (s *session) endWaiting() {
	e := s.waiting
	if e == nil {
		return
	}
	e.suspend()
	if e.unused() {
		return
	}
	e.cancel()
	if e.uncut != nil {
		e.uncut()
	}
	s.waiting = nil
}

func (e *exchange) unused() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.done == nil && e.err == nil
}
