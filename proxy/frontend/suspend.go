package frontend

import (
	"net"
	"syscall"
)

// Condition says whether a frontend takes connections.
type Condition uint8

const (
	Open    Condition = iota
	Paused            // for a while: clients are refused
	Stopped           // for good
)

// Condition returns whether the frontend takes connections.
func (f *Frontend) Condition() Condition {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case f.stopping.Load():
		return Stopped
	case f.resumed != nil:
		return Paused
	}
	return Open
}

// Pause has the system refuse connections, which keeps the addresses, until Resume. Sessions go on. It reports false when
// the frontend is not open. Unix sockets cannot be paused and go on listening, as with HAProxy.
func (f *Frontend) Pause() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.stopping.Load() || f.resumed != nil {
		return false
	}
	f.resumed = make(chan struct{})
	for _, l := range f.listeners {
		refuse(l)
	}
	return true
}

// refuse has the system refuse a listener's connections.
func refuse(l net.Listener) {
	control(l, func(fd int) { syscall.Shutdown(fd, syscall.SHUT_RD) })
}

// Resume undoes Pause. It reports false when the frontend is not paused.
func (f *Frontend) Resume() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.stopping.Load() || f.resumed == nil {
		return false
	}
	for _, l := range f.listeners {
		control(l, func(fd int) { syscall.Listen(fd, syscall.SOMAXCONN) })
	}
	close(f.resumed)
	f.resumed = nil
	return true
}

// awaitResume waits while the frontend is paused. It reports whether it was paused and is not any more.
func (f *Frontend) awaitResume() bool {
	f.mu.Lock()
	resumed := f.resumed
	f.mu.Unlock()
	if resumed == nil {
		return false
	}
	select {
	case <-resumed:
		return true
	case <-f.cut.Done():
		return false
	}
}

// control hands the descriptor of a TCP listener to do.
func control(l net.Listener, do func(fd int)) {
	if l.Addr().Network() != "tcp" {
		return
	}
	for {
		if inner, ok := l.(*Listener); ok {
			l = inner.Listener
			continue
		}
		break
	}
	conn, ok := l.(syscall.Conn)
	if !ok {
		return
	}
	if raw, err := conn.SyscallConn(); err == nil {
		raw.Control(func(fd uintptr) { do(int(fd)) })
	}
}
