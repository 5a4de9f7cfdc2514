package proxy

import (
	"cmp"
	"errors"
	"net"
	"sync"
	"syscall"

	"tidelock/proxy/config"
	"tidelock/proxy/frontend"
)

// maxConnections returns the most connections that a section takes at a time, 0 for no bound: its own maxconn, but no
// more than the process may have.
func maxConnections(g *config.Global, section *config.Proxy) int {
	return lesser(section.Maxconn, g.Maxconn)
}

// shareLimit has several listeners share the global maxconn. A single frontend has its own bound already.
func (p *Proxy) shareLimit() {
	if limit := p.config.Global.Maxconn; limit > 0 && len(p.frontends) > 1 {
		p.shared = frontend.NewSlots(limit)
	}
}

// setMaxconn changes the global maxconn, 0 being that of the configuration. It reports false beyond what the process was
// made for.
func (p *Proxy) setMaxconn(limit int) bool {
	configured := p.config.Global.Maxconn
	if limit > configured && configured > 0 {
		return false
	}
	limit = cmp.Or(limit, configured)
	p.maxconn.Store(int64(limit))
	if p.shared != nil {
		p.shared.Resize(limit)
	}
	for _, e := range p.frontends {
		e.Slots().Resize(lesser(e.maxconn, limit))
	}
	return true
}

// setFrontendMaxconn changes the maxconn of one frontend, 0 for what the process may have.
func (p *Proxy) setFrontendMaxconn(e *entrance, limit int) {
	e.maxconn = limit
	e.Slots().Resize(lesser(limit, int(p.maxconn.Load())))
}

// lesser returns the lesser of two bounds of which 0 is none.
func lesser(a, b int) int {
	if a == 0 || b == 0 {
		return max(a, b)
	}
	return min(a, b)
}

// limited has a listener share a bound with others; nil bounds nothing.
func limited(l net.Listener, slots *frontend.Slots) net.Listener {
	if slots == nil {
		return l
	}
	return &limitedListener{Listener: l, slots: slots, closed: make(chan struct{})}
}

// limitedListener takes a slot for each connection. It does so once a client is there: a listener that nobody connects to
// must not keep the others from theirs.
type limitedListener struct {
	net.Listener
	slots  *frontend.Slots
	once   sync.Once
	closed chan struct{} // closed by Close
}

func (l *limitedListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	if !l.slots.Take(l.closed) {
		c.Close()
		return nil, net.ErrClosed
	}
	return &limitedConn{halfCloser: c.(halfCloser), slots: l.slots}, nil
}

// SyscallConn implements syscall.Conn.
func (l *limitedListener) SyscallConn() (syscall.RawConn, error) {
	socket, ok := l.Listener.(syscall.Conn)
	if !ok {
		return nil, errors.ErrUnsupported
	}
	return socket.SyscallConn()
}

func (l *limitedListener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return l.Listener.Close()
}

// halfCloser is what TCP and Unix connections are.
type halfCloser interface {
	net.Conn
	CloseWrite() error
}

// limitedConn gives its slot back when it is closed.
type limitedConn struct {
	halfCloser
	slots *frontend.Slots
	once  sync.Once
}

// SyscallConn implements syscall.Conn: the socket's bytes are the connection's.
func (c *limitedConn) SyscallConn() (syscall.RawConn, error) {
	socket, ok := c.halfCloser.(syscall.Conn)
	if !ok {
		return nil, errors.ErrUnsupported
	}
	return socket.SyscallConn()
}

var _ syscall.Conn = (*limitedConn)(nil)

func (c *limitedConn) Close() error {
	err := c.halfCloser.Close()
	c.once.Do(c.slots.Give)
	return err
}

// NetConn returns the connection underneath.
func (c *limitedConn) NetConn() net.Conn { return c.halfCloser }
