package conformance

import (
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"sync"
	"time"
)

// upstream is a server that the proxy may reach. What it does with a connection can be changed at any time, by the steps
// of upstreamSteps; at first it reports requests.
type upstream struct {
	name   string
	port   reservedPort
	masks  *masks
	queued chan net.Conn // those that the script accepts
	secure *tls.Config   // nil for plain connections; guarded by mu

	mu       sync.Mutex
	behave   func(*connection)
	listener net.Listener // nil while connections are refused
	open     []net.Conn
	serving  sync.WaitGroup
}

// newUpstream listens. With scripted, connections wait for the script to accept them.
func newUpstream(name string, port reservedPort, m *masks, scripted bool) (*upstream, error) {
	u := &upstream{name: name, port: port, masks: m, queued: make(chan net.Conn, 100)}
	u.behave = u.report
	if scripted {
		u.behave = nil
	}
	return u, u.listen()
}

func (u *upstream) listen() error {
	l, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", u.port.address())
	if err != nil {
		return err
	}
	u.listener = l
	u.serving.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			u.take(c)
		}
	})
	return nil
}

func (u *upstream) take(c net.Conn) {
	u.masks.address(c.RemoteAddr().String(), u.name+"_peer")
	u.mu.Lock()
	if u.secure != nil {
		c = tls.Server(c, u.secure)
	}
	behave := u.behave
	u.open = append(u.open, c)
	u.mu.Unlock()
	if behave == nil {
		u.queued <- c
		return
	}
	u.serving.Go(func() {
		defer c.Close()
		behave(newConnection(c, true))
	})
}

// become changes what happens to connections from now on.
func (u *upstream) become(behave func(*connection)) error {
	u.mu.Lock()
	u.behave = behave
	refusing := u.listener == nil
	u.mu.Unlock()
	if refusing {
		return u.listen()
	}
	return nil
}

// refuse stops listening. The port stays reserved, so nobody else answers on it.
func (u *upstream) refuse() {
	if u.listener != nil {
		u.listener.Close()
		u.listener = nil
	}
}

// accept returns the next connection that waits for the script.
func (u *upstream) accept() (net.Conn, error) {
	select {
	case c := <-u.queued:
		return c, nil
	case <-time.After(patience):
		return nil, fmt.Errorf("no connection to %s", u.name)
	}
}

func (u *upstream) stop() {
	u.refuse()
	u.mu.Lock()
	for _, c := range u.open {
		c.Close()
	}
	u.mu.Unlock()
	u.serving.Wait()
	u.port.release()
}

// report answers each request with the request itself: the server's name, a line break, and its bytes.
func (u *upstream) report(c *connection) {
	u.eachRequest(c, func(request []byte) []byte {
		body := append([]byte(u.name+"\r\n"), request...)
		head := fmt.Sprintf("HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: %d\r\n\r\n", len(body))
		if bytes.HasPrefix(request, []byte("HEAD ")) {
			return []byte(head)
		}
		return append([]byte(head), body...)
	})
}

// answers returns a behaviour that answers each request with the same bytes, and may close after the first.
func (u *upstream) answers(answer []byte, thenClose bool) func(*connection) {
	return func(c *connection) {
		u.eachRequest(c, func([]byte) []byte {
			if thenClose {
				c.Write(answer)
				return nil
			}
			return answer
		})
	}
}

// eachRequest answers requests until one is answered with nil or the connection ends.
func (u *upstream) eachRequest(c *connection, answer func(request []byte) []byte) {
	for {
		request, err := c.message()
		if err != nil {
			return
		}
		reply := answer(request)
		if reply == nil {
			return
		}
		if _, err := c.Write(reply); err != nil {
			return
		}
	}
}

func echo(c *connection) { io.Copy(c.Conn, c.reader) }

func swallow(c *connection) { io.Copy(io.Discard, c.reader) }

func reset(c *connection) { c.reset() }
