package frontend

import (
	"sync"
	"sync/atomic"
	"time"
)

// Pace bounds how many things happen in a second. As in HAProxy the second slides: what happened in the one before counts by
// the part of it that is not yet a second ago. A nil Pace bounds nothing. It is safe for concurrent use.
type Pace struct {
	limit atomic.Int64 // 0 bounds nothing

	mu          sync.Mutex
	second      int64 // guarded by mu; that now counts, since 1970
	before, now int   // guarded by mu
}

// NewPace returns a bound of so many in a second, 0 for any number.
func NewPace(limit int) *Pace {
	p := new(Pace)
	p.SetLimit(limit)
	return p
}

// Limit returns how many may happen in a second, 0 for any number.
func (p *Pace) Limit() int { return int(p.limit.Load()) }

// SetLimit changes the bound; 0 is none. Who waits already goes on waiting as long as the bound before asked.
func (p *Pace) SetLimit(limit int) { p.limit.Store(int64(max(limit, 0))) }

// Count notes that it has happened once more.
func (p *Pace) Count(at time.Time) {
	if p == nil || p.Limit() == 0 {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.advance(at)
	p.now++
}

// advance begins a new second when it is time. mu is held.
func (p *Pace) advance(at time.Time) {
	switch second := at.Unix(); {
	case second == p.second:
		return
	case second == p.second+1:
		p.second, p.before, p.now = second, p.now, 0
	default:
		p.second, p.before, p.now = second, 0, 0
	}
}

// Delay returns how long to wait before it may happen again, 0 for not at all.
func (p *Pace) Delay(at time.Time) time.Duration {
	if p == nil || p.Limit() == 0 {
		return 0
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.advance(at)
	rest := time.Second - time.Duration(at.Nanosecond())
	room := p.Limit() - p.now
	switch {
	case room <= 0:
		return rest
	case p.before == 0:
		return 0
	}
	// The part of the last second that must have passed for one more to fit.
	return max(rest-time.Second*time.Duration(room-1)/time.Duration(p.before)-1, 0)
}

// Paces are the bounds of how fast connections are accepted.
type Paces struct {
	Connections *Pace // all that are accepted, in the process (maxconnrate)
	Sessions    *Pace // those that rules admit, in the process (maxsessrate)
	Own         *Pace // those of the frontend (rate-limit sessions)
	TLS         *Pace // handshakes, in the process (maxsslrate)
}

// await waits until another connection may be accepted, and reports false when cut is closed first.
func (p *Paces) await(secure bool, cut <-chan struct{}) bool {
	for {
		now := time.Now()
		delay := max(p.Connections.Delay(now), p.Sessions.Delay(now), p.Own.Delay(now))
		if secure {
			delay = max(delay, p.TLS.Delay(now))
		}
		if delay == 0 {
			return true
		}
		select {
		case <-time.After(delay):
		case <-cut:
			return false
		}
	}
}
