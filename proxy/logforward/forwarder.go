// Package logforward relays messages of syslog: it receives them in datagrams and over connections, and passes them on to
// log targets in the formats that these ask for (manual, section 3.10). Whatever comes is passed on or dropped; nothing
// that a sender does costs more than a buffer, a place among the connections, and its own messages.
package logforward

import (
	"bufio"
	"errors"
	"net"
	"sync"
	"time"

	"tidelock/proxy/log"
)

// Output is a target of messages.
type Output struct {
	Target *log.Target
	Format log.Format // "" for the one that a message came in
}

// Forwarder is one log-forward section. It is configured before it serves.
type Forwarder struct {
	Outputs []Output
	MaxConn int           // connections at a time over all listeners
	Timeout time.Duration // in which a message must have come over a connection, 0 for none

	once    sync.Once
	slots   chan struct{}
	closing chan struct{}
	running sync.WaitGroup

	mu    sync.Mutex
	open  map[interface{ Close() error }]struct{} // guarded by mu
	ended bool                                    // guarded by mu
}

// bufferSize is what a message may have at most: as much as HAProxy's buffers take by default.
const bufferSize = 16384

func (f *Forwarder) prepare() {
	f.once.Do(func() {
		f.slots, f.closing = make(chan struct{}, max(f.MaxConn, 1)), make(chan struct{})
		f.open = map[interface{ Close() error }]struct{}{}
	})
}

// add takes c over, and reports false where everything is closed already. Each success is the beginning of what release
// ends.
func (f *Forwarder) add(c interface{ Close() error }) bool {
	f.prepare()
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.ended {
		return false
	}
	f.open[c] = struct{}{}
	f.running.Add(1)
	return true
}

func (f *Forwarder) release(c interface{ Close() error }) {
	c.Close()
	f.mu.Lock()
	delete(f.open, c)
	f.mu.Unlock()
	f.running.Done()
}

// Close ends the receiving. It returns when everything that was received has been passed on.
func (f *Forwarder) Close() {
	f.prepare()
	f.mu.Lock()
	if !f.ended {
		f.ended = true
		close(f.closing)
	}
	for c := range f.open {
		c.Close()
	}
	f.mu.Unlock()
	f.running.Wait()
}

// ServePackets relays datagrams until Close, which makes it return nil, or an error that will not pass. It takes c over.
func (f *Forwarder) ServePackets(c net.PacketConn) error {
	if !f.add(c) {
		c.Close()
		return nil
	}
	defer f.release(c)
	buffer := make([]byte, 1<<16)
	for {
		n, _, err := c.ReadFrom(buffer)
		switch {
		case err == nil:
			f.relay(buffer[:n])
		case f.isClosing():
			return nil
		case errors.Is(err, net.ErrClosed):
			return err
		}
	}
}

// Serve accepts connections until Close, which makes it return nil, or an error that will not pass. It takes l over.
// Secure does the TLS handshake of a connection; it is nil for connections without.
func (f *Forwarder) Serve(l net.Listener, secure func(net.Conn) (net.Conn, error)) error {
	if !f.add(l) {
		l.Close()
		return nil
	}
	defer f.release(l)
	for {
		select {
		case f.slots <- struct{}{}:
		case <-f.closing:
			return nil
		}
		c, err := l.Accept()
		if err != nil {
			<-f.slots
			switch {
			case f.isClosing():
				return nil
			case errors.Is(err, net.ErrClosed):
				return err
			}
			// Out of descriptors, most likely: others must first be closed.
			select {
			case <-time.After(100 * time.Millisecond):
			case <-f.closing:
			}
			continue
		}
		if !f.add(c) {
			c.Close()
			return nil
		}
		go func() {
			defer func() { <-f.slots }()
			defer f.release(c)
			received := c
			if secure != nil {
				var err error
				if received, err = secure(c); err != nil {
					return
				}
			}
			f.receive(received)
		}()
	}
}

func (f *Forwarder) isClosing() bool {
	select {
	case <-f.closing:
		return true
	default:
		return false
	}
}

// receive relays the messages of a connection until it ends or breaks the framing.
func (f *Forwarder) receive(c net.Conn) {
	in := bufio.NewReaderSize(c, bufferSize)
	for {
		if f.Timeout > 0 {
			c.SetReadDeadline(time.Now().Add(f.Timeout))
		}
		b, err := nextMessage(in)
		if err != nil {
			return
		}
		f.relay(b)
	}
}

// relay passes a message on to all targets.
func (f *Forwarder) relay(b []byte) {
	m := parse(b)
	now := time.Now()
	for _, o := range f.Outputs {
		o.Target.Relay(m.level, func(line []byte, s *log.Settings) []byte { return m.render(line, o.Format, s, now) })
	}
}
