package frontend

import (
	"context"
	"log/slog"
	"net"
	"sync"
	"sync/atomic"
)

// Frontend is a running frontend: listeners and the sessions that they accepted.
type Frontend struct {
	Config

	slots    *Slots
	stopping atomic.Bool
	running  sync.WaitGroup // accept loops and sessions

	// cut ends what waits on behalf of any session.
	cut    context.Context
	cancel context.CancelFunc

	mu        sync.Mutex
	sessions  map[*session]struct{} // guarded by mu
	lot       lot
	listeners []net.Listener // guarded by mu
	resumed   chan struct{}  // guarded by mu; closed by Resume, nil unless paused
}

// New returns a frontend that listens nowhere yet. Proxy must be set.
func New(config Config) *Frontend {
	f := &Frontend{Config: config, sessions: map[*session]struct{}{}, slots: NewSlots(config.MaxConn)}
	if f.Errors == nil {
		f.Errors = slog.Default()
	}
	f.cut, f.cancel = context.WithCancel(context.Background())
	return f
}

// start begins a session in a goroutine of its own.
func (f *Frontend) start(c net.Conn, listener *Listener) {
	s := newSession(f, c, listener)
	f.mu.Lock()
	if f.cut.Err() != nil { // a connection that was accepted while listeners close has its one exchange
		f.mu.Unlock()
		s.close()
		f.slots.Give()
		listener.slots.Give()
		return
	}
	f.sessions[s] = struct{}{}
	f.running.Add(1)
	f.mu.Unlock()
	s.countAccept()
	go s.run(false)
}

// end takes a session that has closed its connections off the books.
func (f *Frontend) end(s *session) {
	f.mu.Lock()
	delete(f.sessions, s)
	f.mu.Unlock()
	s.countClose()
	f.slots.Give()
	s.listener.slots.Give()
	f.running.Done()
}

// Slots returns what bounds the frontend's connections.
func (f *Frontend) Slots() *Slots { return f.slots }

// StopAccepting closes the listeners and idle connections, and lets exchanges go on. It reports false when that was done
// before.
func (f *Frontend) StopAccepting() bool {
	f.mu.Lock()
	if f.stopping.Swap(true) {
		f.mu.Unlock()
		return false
	}
	for _, l := range f.listeners {
		l.Close()
	}
	if !f.KeepIdle {
		for s := range f.sessions {
			if s.served.Load() { // those without a request yet still have one to come, as in HAProxy
				s.interrupt()
			}
		}
	}
	f.mu.Unlock()
	if !f.KeepIdle {
		f.lot.close()
	}
	return true
}

// Shutdown stops accepting, lets exchanges finish until ctx ends and then cuts what is left. It returns when no goroutine of
// the frontend runs any more: nil, or ctx's error if it had to cut.
func (f *Frontend) Shutdown(ctx context.Context) error {
	f.StopAccepting()
	done := make(chan struct{})
	go func() {
		f.running.Wait()
		close(done)
	}()
	var err error
	select {
	case <-done:
	case <-ctx.Done():
		err = ctx.Err()
		f.mu.Lock()
		for s := range f.sessions {
			s.cut()
		}
		f.cancel() // under mu, so that no session begins that is not cut
		f.mu.Unlock()
		f.lot.close()
	}
	f.cancel()
	<-done
	f.lot.close()
	return err
}
