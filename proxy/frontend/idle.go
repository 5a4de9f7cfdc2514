package frontend

import (
	"time"

	"tidelock/proxy/http1"
)

// grace is how long a connection waits for a request with everything at hand. Clients that send one after the other find
// the proxy ready; what waits for longer gives back what it does not need.
const grace = 20 * time.Millisecond

// awaitFirstByte waits until a request begins to arrive. It reports whether one does, or else whether the session waits on
// in the lot.
func (s *session) awaitFirstByte(first bool) (parked, ok bool) {
	if len(s.client.Buffered()) > 0 {
		return false, true
	}
	timeout, until := s.idleTimeout(first)
	brief := timeout == 0 || timeout > grace
	s.client.SetReadTimeout(timeout, until)
	if brief {
		s.client.SetReadTimeout(grace, until)
	}
	err := s.client.FillIdle()
	if err == http1.ErrTimeout && brief && (until.IsZero() || time.Now().Before(until)) {
		if parked, err = s.awaitLong(first, timeout, until); parked {
			return true, false
		}
	}
	if err == nil {
		return false, true
	}
	if first && err != http1.ErrInterrupted {
		s.stream.Started = s.Accepted // no byte of a request came, so all of the time was one of waiting for it
		s.refuse(err)
	}
	return false, false
}

// idleTimeout returns how long to wait for a request, and until when at most.
func (s *session) idleTimeout(first bool) (timeout time.Duration, until time.Time) {
	t := s.frontend.Timeouts
	timeout = t.HTTPKeepAlive
	switch {
	case first && t.HTTPRequest > 0:
		timeout, until = t.Client, s.Accepted.Add(t.HTTPRequest)
	case first || timeout == 0 && t.HTTPRequest == 0:
		timeout = t.Client
	case timeout == 0:
		timeout = t.HTTPRequest
	}
	return timeout, until
}

// awaitLong goes on waiting with as little as possible: in the lot, or else in this goroutine without buffers and
// workspace.
func (s *session) awaitLong(first bool, timeout time.Duration, until time.Time) (parked bool, err error) {
	s.strip()
	s.client.Release()
	rest := timeout
	if timeout > 0 {
		rest -= grace
	}
	if !first {
		var over time.Time
		if rest > 0 {
			over = time.Now().Add(rest)
		}
		if s.frontend.lot.park(s, over) {
			return true, nil
		}
	}
	s.client.SetReadTimeout(rest, until)
	err = s.client.Await()
	s.equip()
	s.stream.Request, s.stream.Response = &s.request, &s.response
	s.beginStream()
	return false, err
}
