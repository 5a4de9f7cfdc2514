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
	target   *server.Server // of which a slot is held; nil for none
	wants    server.Request
	failures int       // attempts that failed
	queuedAt time.Time // when the exchange first asked for a server
}

// prepareAttempt finds out what the exchange asks of its backend.
func (s *session) prepareAttempt() {
	s.attempt = attempt{}
	w := &s.attempt.wants
	if key := s.backend.Key; key != nil {
		w.Key, w.Keyed = key(&s.stream)
	}
	if prefer := s.backend.Prefer; prefer != nil {
		w.Bound = prefer(&s.stream)
	}
	if stick := s.backend.Stick; stick != nil && w.Bound == nil {
		w.Bound = stick(&s.stream)
	}
	if remember := s.backend.RememberRequest; remember != nil {
		remember(&s.stream)
	}
	o := &s.stream.Overrides
	w.PriorityClass, w.PriorityOffset = int(o.PriorityClass), int(o.PriorityOffset)
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
		s.stream.Server = &target.Server
		record.Timers.Queue = 0
		if a.wants.Waited {
			record.Timers.Queue = time.Since(a.queuedAt)
			record.Queued = stream.Queued{Server: int64(a.wants.ServerQueue), Backend: int64(a.wants.BackendQueue)}
		}
		s.enterServer()
		return true
	}
	if a.wants.Waited {
		record.Timers.Queue = time.Since(a.queuedAt)
	}
	switch {
	case errors.Is(err, server.ErrNoServer):
		record.End(stream.ServerAborted, stream.InConnect)
	case errors.Is(err, server.ErrQueueTimeout):
		record.End(stream.ServerTimeout, stream.InQueue)
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
// allows, and on another server where it allows that.
func (s *session) again() bool {
	a := &s.attempt
	retry := &s.backend.Retry
	if a.failures >= retry.Max {
		return false
	}
	a.failures++
	s.stream.Record.Retries++
	s.countServer(counter.Retries)
	if !a.wants.Forced && retry.Interval != 0 && (retry.Redispatches(a.failures) || !a.target.Usable()) {
		s.countServer(counter.Redispatches)
		s.stream.Record.Redispatched = true
		a.target.Counters.Leave()
		a.wants.Bound = nil
		s.release()
		s.stream.Server = nil
		return s.assign()
	}
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
