package proxy

import (
	"errors"
	"net"
	"sync"
	"syscall"

	"tidelock/proxy/config"
)

// maxConnections returns the most connections that a section takes at a time, 0 for no bound: its own maxconn, but no
// more than the process may have.
func maxConnections(g *config.Global, section *config.Proxy) int {
	if section.Maxconn == 0 || g.Maxconn > 0 && g.Maxconn < section.Maxconn {
		return g.Maxconn
	}
	return section.Maxconn
}

// connectionLimit bounds the connections of several listeners together, as the global maxconn does. It holds one element
// for each; nil bounds nothing.
type connectionLimit chan struct{}

// newConnectionLimit returns what bounds the listeners of so many frontends. A single one has its own bound already.
func newConnectionLimit(limit, frontends int) connectionLimit {
	if limit == 0 || frontends < 2 {
		return nil
	}
	return make(connectionLimit, limit)
}

func (n connectionLimit) over(l net.Listener) net.Listener {
	if n == nil {
		return l
	}
	return &limitedListener{Listener: l, slots: n, closed: make(chan struct{})}
}

// limitedListener takes a slot for each connection. It does so once a client is there: a listener that nobody connects to
// must not keep the others from theirs.
type limitedListener struct {
	net.Listener
	slots  connectionLimit
	once   sync.Once
	closed chan struct{} // closed by Close
}

func (l *limitedListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	select {
	case l.slots <- struct{}{}:
		return &limitedConn{halfCloser: c.(halfCloser), slots: l.slots}, nil
	case <-l.closed:
		c.Close()
		return nil, net.ErrClosed
	}
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
	slots connectionLimit
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
	c.once.Do(func() { <-c.slots })
	return err
}

// NetConn returns the connection underneath.
func (c *limitedConn) NetConn() net.Conn { return c.halfCloser }
