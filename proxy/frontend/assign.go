package frontend

import (
	"errors"
	"time"

	"tidelock/proxy/counter"
	"tidelock/proxy/server"
	"tidelock/proxy/stream"
)

// attempt is how an exchange gets to a server.
type attempt struct {
	target       *server.Server // of which a slot is held; nil for none
	wants        server.Request
	failures     int            // attempts that failed
	body         []byte         // of a request that may be sent again, where it was there as a whole
	repeatable   bool           // the request may be sent again after it has left once
	binding      server.Binding // what the request's cookie says
	ignored      bool           // it is not to count, nor to be set (ignore-persist)
	connectingAt time.Time      // when it first tried to connect to one
	queuedAt     time.Time      // when the exchange first asked for a server
}

// prepareAttempt finds out what the exchange asks of its backend.
func (s *session) prepareAttempt() {
	s.attempt = attempt{}
	w := &s.attempt.wants
	if key := s.backend.Key; key != nil {
		w.Key, w.Keyed = key(&s.stream)
	}
	s.bind()
	o := &s.stream.Overrides
	w.PriorityClass, w.PriorityOffset = int(o.PriorityClass), int(o.PriorityOffset)
}

// bind finds out which server the exchange belongs to, if any: the one that a use-server rule names, the cookie's, or the one
// that it sticks to.
func (s *session) bind() {
	w := &s.attempt.wants
	p := &s.backend.Persistence
	w.Forced = p.Persist != nil && p.Persist(&s.stream)
	ignored := !w.Forced && p.Ignore != nil && p.Ignore(&s.stream)
	if prefer := s.backend.Prefer; prefer != nil {
		w.Bound = prefer(&s.stream)
	}
	if p.Cookie != nil && s.stream.Request != nil {
		b := p.Cookie.Request(s.stream.Request, s.stream.Started, ignored || w.Bound != nil)
		if s.attempt.binding = b; b.Server != nil {
			w.Bound = b.Server
		}
		if s.backend.Proxy.ManagesCookie {
			s.stream.Record.RequestCookie = b.Found
		}
	}
	s.attempt.ignored = ignored
	if p.Named != nil && w.Bound == nil && !ignored {
		w.Bound = p.Named(&s.stream)
	}
	if stick := s.backend.Stick; stick != nil && w.Bound == nil && !ignored {
		w.Bound = stick(&s.stream)
	}
	if remember := s.backend.RememberRequest; remember != nil {
		remember(&s.stream)
	}
}

// sign has the response bind the client to its server, and reports whether there was room for that.
func (s *session) sign() bool {
	cookie := s.backend.Persistence.Cookie
	a := &s.attempt
	if cookie == nil || s.stream.Server == nil || a.ignored {
		return true
	}
	b := a.binding
	b.Assigned = b.Server == nil && a.wants.Bound == a.target
	done, ok := cookie.Response(&s.response, a.target, b, s.request.Method(), s.stream.Started)
	if s.backend.Proxy.ManagesCookie {
		s.stream.Record.ResponseCookie = done
	}
	return ok
}

// assign takes a slot of a server and reports whether it got one. It may wait for that.
func (s *session) assign() bool {
	record := &s.stream.Record
	a := &s.attempt
	if a.queuedAt.IsZero() {
		a.queuedAt = time.Now()
	}
	target, err := s.backend.Assign(&s.stream, &a.wants)
	if err == nil {
		a.target = target
		if target == s.backend.Direct {
			s.backend.Proxy.BackendCounters.Touch(time.Now())
		} else {
			s.stream.Server = &target.Server
			s.presence.aim(target)
			s.enterServer()
		}
		record.Timers.Queue = 0
		switch {
		case s.stream.Request == nil:
			record.Timers.Queue = time.Since(s.Accepted) // so HAProxy, whatever came before
		case a.failures > 0:
			record.Timers.Queue = time.Since(a.queuedAt)
		}
		if a.wants.Waited {
			record.Timers.Queue = max(record.Timers.Queue, time.Since(a.queuedAt))
			record.Queued = stream.Queued{Server: int64(a.wants.ServerQueue), Backend: int64(a.wants.BackendQueue)}
		}
		return true
	}
	if a.wants.Waited {
		record.Timers.Queue = time.Since(a.queuedAt)
		record.Queued = stream.Queued{Server: int64(a.wants.ServerQueue), Backend: int64(a.wants.BackendQueue)}
	}
	switch {
	case errors.Is(err, server.ErrNoServer):
		s.traceUnserved()
		record.End(stream.ServerAborted, stream.InConnect)
	case errors.Is(err, server.ErrQueueTimeout):
		record.End(stream.ServerTimeout, stream.InQueue)
	case s.stream.Request == nil:
		record.End(stream.ClientAborted, stream.InData) // as HAProxy says of a reset
	default:
		record.End(stream.ClientAborted, stream.InQueue)
		s.keep = false
	}
	if row := s.backend.Proxy.BackendCounters; err != server.ErrNoServer || row != nil {
		row.Add(counter.ConnectErrors, 1)
	}
	return false
}

// release gives the slot back.
func (s *session) release() {
	if target := s.attempt.target; target != nil {
		s.attempt.target = nil
		target.Leave()
	}
}

// again prepares another attempt after one that failed, and reports whether there is to be one: as often as the backend
// allows, and on another server where it allows that. Sent means that the connection was made and the request has left.
func (s *session) again(sent bool) bool {
	a := &s.attempt
	retry := &s.backend.Retry
	if a.failures >= retry.Max || !sent && retry.On&server.ConnFailure == 0 {
		return false
	}
	a.failures++
	s.stream.Record.Retries++
	s.countServer(counter.Retries)
	if retry.Interval != 0 && a.target != s.backend.Direct && (a.wants.Bound == nil || retry.Redispatches(a.failures) || !a.target.Usable() && !a.wants.Forced) {
		return s.redispatch()
	}
	return sent || s.turnAround()
}

// redispatch lets go of the server and asks for another.
func (s *session) redispatch() bool {
	a := &s.attempt
	s.countServer(counter.Redispatches)
	s.stream.Record.Redispatched = true
	if found := &s.stream.Record.RequestCookie; *found == stream.CookieValid {
		*found = stream.CookieDown
	}
	a.target.Counters.Leave()
	a.wants.Bound, a.wants.Keyed, a.wants.Avoid = nil, false, a.target
	s.release()
	s.stream.Server = nil
	return s.assign()
}

// turnAround waits before the same server is tried again, and reports whether it still makes sense.
func (s *session) turnAround() bool {
	timer := time.NewTimer(s.backend.Turnaround())
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-s.stream.Context.Done():
		s.stream.Record.End(stream.ClientAborted, stream.InConnect)
		return false
	}
}
