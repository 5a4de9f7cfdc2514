package server

import (
	"slices"
	"sync"
	"time"
)

// idleTimeout is how long a connection waits for reuse. Servers mostly allow more; the shorter, the rarer a request meets
// a connection that the server just closed. HAProxy's pool-purge-delay has the same default.
const idleTimeout = 5 * time.Second

// pool keeps idle connections, the most recently used first in line: its caches are warm and it is the least likely to
// be closed by the server soon.
type pool struct {
	mu     sync.Mutex
	idle   []*Conn     // guarded by mu; oldest first
	timer  *time.Timer // guarded by mu; set while idle is not empty
	closed bool        // guarded by mu
}

// Idle takes an idle connection, or returns nil. The server may have closed it meanwhile: see Alive.
func (s *Server) Idle() *Conn {
	s.pool.mu.Lock()
	defer s.pool.mu.Unlock()
	n := len(s.pool.idle)
	if n == 0 {
		return nil
	}
	c := s.pool.idle[n-1]
	s.pool.idle[n-1] = nil
	s.pool.idle = s.pool.idle[:n-1]
	return c
}

// Keep hands a connection over for reuse after a finished exchange. One with unread input is closed: whatever the server
// sent unasked must not become somebody's response.
func (c *Conn) Keep() {
	c.Exchanges++
	if len(c.Buffered()) > 0 || c.Unsent() > 0 {
		c.Close()
		return
	}
	c.Release()
	c.idleSince = time.Now()
	p := &c.Server.pool
	p.mu.Lock()
	if !p.closed {
		p.idle = append(p.idle, c)
		if p.timer == nil {
			p.timer = time.AfterFunc(idleTimeout, p.purge)
		}
		p.mu.Unlock()
		return
	}
	p.mu.Unlock()
	c.Close()
}

// purge closes what has been idle for too long and comes back when the next connection will have been.
func (p *pool) purge() {
	p.mu.Lock()
	now := time.Now()
	n := 0
	for n < len(p.idle) && now.Sub(p.idle[n].idleSince) >= idleTimeout {
		n++
	}
	expired := slices.Clone(p.idle[:n])
	p.idle = slices.Delete(p.idle, 0, n)
	p.timer = nil
	if len(p.idle) > 0 && !p.closed {
		p.timer = time.AfterFunc(idleTimeout-now.Sub(p.idle[0].idleSince), p.purge)
	}
	p.mu.Unlock()
	for _, c := range expired {
		c.Close()
	}
}

func (p *pool) close() {
	p.mu.Lock()
	idle := p.idle
	p.idle, p.closed = nil, true
	if p.timer != nil {
		p.timer.Stop()
	}
	p.mu.Unlock()
	for _, c := range idle {
		c.Close()
	}
}
