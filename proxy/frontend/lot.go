package frontend

import (
	"sync"
	"time"
)

// lot is where the connections of a frontend wait for their next request without a goroutine of their own, where the
// system can tell of many connections at once which one has input. They may all stay equally long.
//
// A session in the lot belongs to whoever takes it out.
type lot struct {
	mu          sync.Mutex
	poller      *poller     // guarded by mu; made when the first connection comes
	first, last *session    // guarded by mu; in the order in which they must go
	timer       *time.Timer // guarded by mu; set while there are any
	closed      bool        // guarded by mu
}

// place is a session's place in the lot.
type place struct {
	prev, next *session
	until      time.Duration // since the session was accepted; 0 for no bound
	fd         int
}

// park puts a session into the lot, until it has input or its time is over. It reports false when that cannot be: the
// session goes on as before. With true it belongs to the caller no more.
func (l *lot) park(s *session, until time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return false
	}
	if l.poller == nil {
		if l.poller = newPoller(l); l.poller == nil {
			return false
		}
	}
	s.place = place{prev: l.last}
	if !until.IsZero() {
		s.place.until = max(until.Sub(s.Accepted), 1)
	}
	if !l.poller.watch(s) {
		s.place = place{}
		return false
	}
	if l.last == nil {
		l.first = s
	} else {
		l.last.place.next = s
	}
	l.last = s
	l.arm()
	return true
}

// take takes a session out of the lot. mu is held.
func (l *lot) take(s *session) {
	p := s.place
	s.place = place{}
	if p.prev == nil {
		l.first = p.next
	} else {
		p.prev.place.next = p.next
	}
	if p.next == nil {
		l.last = p.prev
	} else {
		p.next.place.prev = p.prev
	}
	l.poller.forget(p.fd)
}

// arm sets the timer for the session that must go first. mu is held.
func (l *lot) arm() {
	if l.timer != nil || l.first == nil || l.first.place.until == 0 {
		return
	}
	l.timer = time.AfterFunc(l.first.left(time.Now()), l.expire)
}

// left returns for how long the session may stay in its place.
func (s *session) left(now time.Time) time.Duration { return s.place.until - now.Sub(s.Accepted) }

// expire ends the sessions whose time is over.
func (l *lot) expire() {
	var over []*session
	l.mu.Lock()
	for now := time.Now(); l.first != nil && l.first.left(now) <= 0; {
		over = append(over, l.first)
		l.take(l.first)
	}
	l.timer = nil
	l.arm()
	l.mu.Unlock()
	for _, s := range over {
		s.end()
	}
}

// close ends all sessions in the lot and lets no more in.
func (l *lot) close() {
	var all []*session
	l.mu.Lock()
	l.closed = true
	for l.first != nil {
		all = append(all, l.first)
		l.take(l.first)
	}
	if l.timer != nil {
		l.timer.Stop()
	}
	poller := l.poller
	l.poller = nil
	l.mu.Unlock()
	if poller != nil {
		poller.close() // waits for the poller's goroutine, which may wait for mu
	}
	for _, s := range all {
		s.end()
	}
}

// wake takes the sessions with input out and has each go on.
func (l *lot) wake(ready []*session) {
	for _, s := range ready {
		go s.run(true)
	}
}
