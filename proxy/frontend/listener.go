package frontend

import (
	"context"
	"errors"
	"net"
	"time"

	"tidelock/proxy/stream"
)

// Listener is where connections come from, and what is done with each before it is a session's.
type Listener struct {
	net.Listener
	Identity    *stream.Listener
	MaxConn     int  // connections at a time, 0 for no bound
	AcceptProxy bool // connections begin with a header of the PROXY protocol

	// Secure does the TLS handshake of a connection that was accepted, within what the context allows; nil for none.
	Secure func(ctx context.Context, c net.Conn) (net.Conn, *stream.TLS, error)

	slots chan struct{} // one per connection allowed; nil for no bound
}

func (l *Listener) freeSlot() {
	if l.slots != nil {
		<-l.slots
	}
}

// Serve accepts connections on l until Shutdown or an error that will not pass. It takes l over and closes it. After
// Shutdown it returns nil.
func (f *Frontend) Serve(l *Listener) error {
	if l.MaxConn > 0 {
		l.slots = make(chan struct{}, l.MaxConn)
	}
	if !f.add(l) {
		return l.Close()
	}
	defer f.running.Done()
	defer l.Close()
	for {
		// Beyond what is allowed, connections wait in the system's queue.
		if !f.takeSlot(l.slots) {
			return nil
		}
		if !f.takeSlot(f.slots) {
			return nil
		}
		c, err := l.Accept()
		if err == nil {
			f.start(c, l)
			continue
		}
		f.freeSlot()
		l.freeSlot()
		if f.stopping.Load() {
			return nil
		}
		if errors.Is(err, net.ErrClosed) {
			return err
		}
		// Out of descriptors, most likely: others must first be closed.
		f.Errors.Error("accept failed", "proxy", f.Proxy.Name, "error", err)
		select {
		case <-time.After(100 * time.Millisecond):
		case <-f.cut.Done():
		}
	}
}

// takeSlot waits for a slot and reports false when the frontend is cut first. Nil slots bound nothing.
func (f *Frontend) takeSlot(slots chan struct{}) bool {
	if slots == nil {
		return true
	}
	select {
	case slots <- struct{}{}:
		return true
	case <-f.cut.Done():
		return false
	}
}

func (f *Frontend) add(l net.Listener) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.stopping.Load() {
		return false
	}
	f.listeners = append(f.listeners, l)
	f.running.Add(1)
	return true
}

func (f *Frontend) freeSlot() {
	if f.slots != nil {
		<-f.slots
	}
}
