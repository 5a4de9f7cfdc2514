package frontend

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"tidelock/proxy/stream"
)

// Frontend is a running frontend: listeners and the sessions that they accepted.
type Frontend struct {
	Config

	slots    chan struct{} // one per connection allowed; nil for no bound
	stopping atomic.Bool
	running  sync.WaitGroup // accept loops and sessions

	// cut ends what waits on behalf of any session.
	cut    context.Context
	cancel context.CancelFunc

	mu        sync.Mutex
	sessions  map[*session]struct{} // guarded by mu
	listeners []net.Listener        // guarded by mu
}

// New returns a frontend that listens nowhere yet. Proxy must be set.
func New(config Config) *Frontend {
	f := &Frontend{Config: config, sessions: map[*session]struct{}{}}
	if config.MaxConn > 0 {
		f.slots = make(chan struct{}, config.MaxConn)
	}
	if f.Errors == nil {
		f.Errors = slog.Default()
	}
	f.cut, f.cancel = context.WithCancel(context.Background())
	return f
}

// Listen opens a listener whose connections need no probes: timeouts find dead peers.
func Listen(ctx context.Context, network, address string) (net.Listener, error) {
	config := net.ListenConfig{KeepAlive: -1}
	return config.Listen(ctx, network, address)
}

// Serve accepts connections on l, which identity names, until Shutdown or an error that will not pass. It
// takes l over and closes it. After Shutdown it returns nil.
func (f *Frontend) Serve(l net.Listener, identity *stream.Listener) error {
	if !f.add(l) {
		return l.Close()
	}
	defer f.running.Done()
	defer l.Close()
	for {
		// Beyond MaxConn, connections wait in the system's queue.
		if f.slots != nil {
			select {
			case f.slots <- struct{}{}:
			case <-f.cut.Done():
				return nil
			}
		}
		c, err := l.Accept()
		if err == nil {
			f.start(c, identity)
			continue
		}
		f.freeSlot()
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

// start begins a session in a goroutine of its own.
func (f *Frontend) start(c net.Conn, listener *stream.Listener) {
	s := newSession(f, c, listener)
	f.mu.Lock()
	if f.stopping.Load() {
		f.mu.Unlock()
		s.close()
		f.freeSlot()
		return
	}
	f.sessions[s] = struct{}{}
	f.running.Add(1)
	f.mu.Unlock()
	s.countAccept()
	go s.run()
}

// end takes a session that has closed its connections off the books.
func (f *Frontend) end(s *session) {
	f.mu.Lock()
	delete(f.sessions, s)
	f.mu.Unlock()
	s.countClose()
	f.freeSlot()
	f.running.Done()
}

// Shutdown stops accepting, closes idle connections, lets exchanges finish until ctx ends and then cuts what is left. It
// returns when no goroutine of the frontend runs any more: nil, or ctx's error if it had to cut.
func (f *Frontend) Shutdown(ctx context.Context) error {
	f.mu.Lock()
	f.stopping.Store(true)
	for _, l := range f.listeners {
		l.Close()
	}
	for s := range f.sessions {
		s.client.Interrupt()
	}
	f.mu.Unlock()

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
		f.mu.Unlock()
	}
	f.cancel()
	<-done
	return err
}
