package server

import (
	"slices"
	"sync"
	"time"
)

// PoolSettings bound the idle connections of a server.
type PoolSettings struct {
	Max        int           // idle connections kept (pool-max-conn); below 0 for any number
	PurgeDelay time.Duration // how long a connection waits for reuse at least (pool-purge-delay); 0 keeps none
	MaxReuse   int           // requests on a connection after its first (max-reuse); below 0 for any number
}

// DefaultPool is HAProxy's. Servers mostly allow longer than 5 seconds; the shorter, the rarer a request meets a
// connection that the server just closed.
var DefaultPool = PoolSettings{Max: -1, PurgeDelay: 5 * time.Second, MaxReuse: -1}

// keeps reports whether a connection may be kept at all after so many exchanges.
func (p PoolSettings) keeps(exchanges int) bool {
	return p.Max != 0 && p.PurgeDelay > 0 && (p.MaxReuse < 0 || exchanges <= p.MaxReuse)
}

// pool keeps idle connections, the most recently used first in line: its caches are warm and it is the least likely to
// be closed by the server soon.
type pool struct {
	mu     sync.Mutex
	idle   []*Conn     // guarded by mu; oldest first
	timer  *time.Timer // guarded by mu; set while idle is not empty
	delay  time.Duration
	closed bool // guarded by mu
}

// Idle takes an idle connection, or returns nil. The server may have closed it meanwhile: see Alive.
func (s *Server) Idle() *Conn { return s.idle(0) }

// idle takes the most recently used connection that has carried so many exchanges.
func (s *Server) idle(exchanges int) *Conn {
	s.pool.mu.Lock()
	defer s.pool.mu.Unlock()
	for i := len(s.pool.idle) - 1; i >= 0; i-- {
		if c := s.pool.idle[i]; c.Exchanges >= exchanges {
			s.pool.idle = slices.Delete(s.pool.idle, i, i+1)
			return c
		}
	}
	return nil
}

// IdleConnections returns how many connections wait for reuse.
func (s *Server) IdleConnections() int {
	s.pool.mu.Lock()
	defer s.pool.mu.Unlock()
	return len(s.pool.idle)
}

// clean reports whether nothing of the last exchange is left over: whatever the server sent unasked must not become the
// response to the next request.
func (c *Conn) clean() bool { return len(c.Buffered()) == 0 && c.Unsent() == 0 }

// Keep hands a connection over for reuse after a finished exchange, or closes it.
func (c *Conn) Keep() {
	c.Exchanges++
	settings := c.Server.Pool
	if !c.clean() || !settings.keeps(c.Exchanges) || c.Server.Dialer != nil && !c.Server.Dialer.Shareable() || !c.Server.Reachable() {
		c.Close()
		return
	}
	c.Release()
	c.idleSince = time.Now()
	p := &c.Server.pool
	p.mu.Lock()
	if !p.closed && (settings.Max < 0 || len(p.idle) < settings.Max) {
		p.idle = append(p.idle, c)
		if p.timer == nil {
			p.delay = settings.PurgeDelay
			p.timer = time.AfterFunc(p.delay, p.purge)
		}
		p.mu.Unlock()
		return
	}
	p.mu.Unlock()
	c.Close()
}

// KeepPrivate is Keep for a connection that stays with one client. It reports whether it does, or else has been closed.
func (c *Conn) KeepPrivate() bool {
	c.Exchanges++
	if !c.clean() {
		c.Close()
		return false
	}
	c.Release()
	return true
}

// purge closes what has been idle for too long and comes back when the next connection will have been.
func (p *pool) purge() {
	p.mu.Lock()
	now := time.Now()
	n := 0
	for n < len(p.idle) && now.Sub(p.idle[n].idleSince) >= p.delay {
		n++
	}
	expired := slices.Clone(p.idle[:n])
	p.idle = slices.Delete(p.idle, 0, n)
	p.timer = nil
	if len(p.idle) > 0 && !p.closed {
		p.timer = time.AfterFunc(p.delay-now.Sub(p.idle[0].idleSince), p.purge)
	}
	p.mu.Unlock()
	closeAll(expired)
}

// purgeAll closes all idle connections.
func (p *pool) purgeAll() {
	p.mu.Lock()
	idle := p.idle
	p.idle = nil
	p.mu.Unlock()
	closeAll(idle)
}

func (p *pool) close() {
	p.mu.Lock()
	p.closed = true
	if p.timer != nil {
		p.timer.Stop()
	}
	p.mu.Unlock()
	p.purgeAll()
}

func closeAll(conns []*Conn) {
	for _, c := range conns {
		c.Close()
	}
}
