package httpclient

import (
	"sync"
	"time"

	"tidelock/proxy/server"
)

// Bounds of what is kept for reuse.
const (
	idleTime      = 5 * time.Second // pool-purge-delay's default
	idlePerTarget = 32
	idleInAll     = 1024
)

// place is what a connection can be used again for.
type place struct {
	network, address string
	name             string // of TLS; empty for plain connections
	secure           bool
}

// pool keeps connections that wait for their next request. The zero value is empty.
type pool struct {
	mu     sync.Mutex
	kept   map[place][]*kept // the latest last; guarded by mu
	count  int               // guarded by mu
	closed bool              // guarded by mu
}

// kept is a connection in the pool, with the timer that takes it out.
type kept struct {
	*server.Conn
	expiry *time.Timer
}

// take returns a connection that is still alive, or nil.
func (p *pool) take(at place) *server.Conn {
	for {
		k := p.pop(at)
		if k == nil {
			return nil
		}
		k.expiry.Stop() // should it have fired, then expire no longer finds the connection
		if k.Alive() {
			return k.Conn
		}
		k.Close()
	}
}

func (p *pool) pop(at place) *kept {
	p.mu.Lock()
	defer p.mu.Unlock()
	list := p.kept[at]
	if len(list) == 0 {
		return nil
	}
	k := list[len(list)-1]
	p.remove(at, len(list)-1)
	return k
}

// remove takes one out. p.mu is held.
func (p *pool) remove(at place, i int) {
	list := p.kept[at]
	list = append(list[:i], list[i+1:]...)
	if p.count--; len(list) == 0 {
		delete(p.kept, at)
	} else {
		p.kept[at] = list
	}
}

// put keeps a connection, or closes it where there is no room.
func (p *pool) put(at place, c *server.Conn) {
	c.Release()
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed || p.count >= idleInAll || len(p.kept[at]) >= idlePerTarget {
		c.Close()
		return
	}
	if p.kept == nil {
		p.kept = make(map[place][]*kept)
	}
	k := &kept{Conn: c}
	p.kept[at] = append(p.kept[at], k)
	p.count++
	k.expiry = time.AfterFunc(idleTime, func() { p.expire(at, k) })
}

// expire closes a connection that nobody took.
func (p *pool) expire(at place, k *kept) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i, other := range p.kept[at] {
		if other == k {
			p.remove(at, i)
			k.Close()
			return
		}
	}
}

func (p *pool) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	for _, list := range p.kept {
		for _, k := range list {
			k.expiry.Stop()
			k.Close()
		}
	}
	p.kept, p.count = nil, 0
}
