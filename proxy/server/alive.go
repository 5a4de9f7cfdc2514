package server

import (
	"net"
	"syscall"
)

// probe looks at an idle connection without touching it. It is made once per connection: only the look itself is paid
// for by a request.
type probe struct {
	raw    syscall.RawConn
	look   func(fd uintptr)
	peeked [1]byte
	alive  bool
}

// Alive reports whether an idle connection is still open and silent. What a server sent unasked, a 408 before it closes for
// one, must not pass for the response to the next request. Where the system cannot tell, the answer is yes.
func (c *Conn) Alive() bool {
	p := &c.probe
	if p.raw == nil {
		// Below TLS as well: what a server that is done with a connection says last is a record, too.
		below := c.Net()
		if wrapped, ok := below.(interface{ NetConn() net.Conn }); ok {
			below = wrapped.NetConn()
		}
		sc, ok := below.(syscall.Conn)
		if !ok {
			return true
		}
		raw, err := sc.SyscallConn()
		if err != nil {
			return false
		}
		p.raw = raw
		p.look = func(fd uintptr) { p.alive = silent(int(fd), p.peeked[:]) }
	}
	return p.raw.Control(p.look) == nil && p.alive
}
