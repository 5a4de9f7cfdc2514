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

	// AcceptClientIP says that connections begin with the Client IP header of a NetScaler, before any of the PROXY protocol,
	// and ClientIPMagic with which number that begins.
	AcceptClientIP bool
	ClientIPMagic  uint32

	// Secure does the TLS handshake of a connection that was accepted, within what the context allows; nil for none.
	Secure func(ctx context.Context, c net.Conn) (net.Conn, *stream.TLS, error)

	slots Slots
}

// Serve accepts connections on l until Shutdown or an error that will not pass. It takes l over and closes it. After
// Shutdown it returns nil.
func (f *Frontend) Serve(l *Listener) error {
	l.slots.Resize(l.MaxConn)
	if !f.add(l) {
		return l.Close()
	}
	defer f.running.Done()
	defer l.Close()
	for {
		// Beyond what is allowed, connections wait in the system's queue.
		if !f.Paces.await(l.Secure != nil, f.cut.Done()) || !l.slots.Take(f.cut.Done()) || !f.slots.Take(f.cut.Done()) {
			return nil
		}
		c, err := l.Accept()
		if err == nil {
			f.start(c, l)
			continue
		}
		f.slots.Give()
		l.slots.Give()
		if f.stopping.Load() {
			return nil
		}
		if f.awaitResume() {
			continue
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

func (f *Frontend) add(l net.Listener) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.stopping.Load() {
		return false
	}
	f.listeners = append(f.listeners, l)
	if f.resumed != nil {
		refuse(l)
	}
	f.running.Add(1)
	return true
}
