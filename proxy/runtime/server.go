package runtime

import (
	"bufio"
	"errors"
	"io"
	"maps"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Server accepts sessions. Its configuration is set before the first Serve and not changed afterwards.
type Server struct {
	Registry *Registry
	Timeout  time.Duration // of each wait for a client, until its session changes it; 0 waits for ever
	MaxConn  int           // sessions at a time over all sockets; the others wait to be accepted
	Relay    *Relay        // nil where there are no other processes

	Accepted atomic.Int64 // sessions so far
	Current  atomic.Int64 // sessions now

	once    sync.Once
	slots   chan struct{}
	closing chan struct{} // closed by Close
	running sync.WaitGroup

	mu       sync.Mutex
	visitors map[*Session]Visitor   // guarded by mu
	open     map[io.Closer]struct{} // listeners and connections; guarded by mu
	ended    bool                   // guarded by mu
}

// Visitor is a session under way.
type Visitor struct {
	Client   net.Addr
	Listener int // the number of its socket
	Since    time.Time
}

// Visitors returns the sessions under way, the oldest first.
func (s *Server) Visitors() []Visitor {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.SortedFunc(maps.Values(s.visitors), func(a, b Visitor) int { return a.Since.Compare(b.Since) })
}

// Socket is what a listener gives its sessions.
type Socket struct {
	ID         int // among the sockets, from 1 on
	Level      Level
	Mode       Mode   // what is on from the start
	Severities string // one of Severities

	ExposesListeners bool // whether ListeningSockets answers on it
}

func (s *Server) prepare() {
	s.once.Do(func() {
		s.slots, s.closing = make(chan struct{}, max(s.MaxConn, 1)), make(chan struct{})
		s.open, s.visitors = map[io.Closer]struct{}{}, map[*Session]Visitor{}
	})
}

// Serve accepts sessions on l until Close, which makes it return nil, or an error that will not pass. It takes l over.
func (s *Server) Serve(l net.Listener, socket Socket) error {
	s.prepare()
	if !s.add(l) {
		l.Close()
		return nil
	}
	defer s.remove(l)
	for {
		select {
		case s.slots <- struct{}{}:
		case <-s.closing:
			return nil
		}
		c, err := l.Accept()
		if err != nil {
			<-s.slots
			select {
			case <-s.closing:
				return nil
			default:
			}
			if errors.Is(err, net.ErrClosed) {
				return err
			}
			// Out of descriptors, most likely: others must first be closed.
			select {
			case <-time.After(100 * time.Millisecond):
			case <-s.closing:
			}
			continue
		}
		if !s.add(c) {
			c.Close()
			<-s.slots
			return nil
		}
		go s.session(c, socket)
	}
}

// ServeConn carries a session on a connection that came on another way than by a listener. It takes the connection over.
func (s *Server) ServeConn(c net.Conn, socket Socket) {
	s.prepare()
	select {
	case s.slots <- struct{}{}:
	case <-s.closing:
		c.Close()
		return
	}
	if !s.add(c) {
		c.Close()
		<-s.slots
		return
	}
	s.session(c, socket)
}

func (s *Server) session(c net.Conn, socket Socket) {
	defer func() { <-s.slots }()
	defer s.remove(c)
	s.Accepted.Add(1)
	s.Current.Add(1)
	defer s.Current.Add(-1)
	conn := &timedConn{c, s.Timeout}
	session := &Session{
		registry: s.Registry, relay: s.Relay, level: socket.Level, mode: socket.Mode, severities: socket.Severities, exposesListeners: socket.ExposesListeners, conn: conn,
		input: newLineReader(bufio.NewReaderSize(conn, lineSize)), output: bufio.NewWriterSize(conn, lineSize),
		closing: s.closing,
	}
	s.mu.Lock()
	s.visitors[session] = Visitor{c.RemoteAddr(), socket.ID, time.Now()}
	s.mu.Unlock()
	session.run()
	s.mu.Lock()
	delete(s.visitors, session)
	s.mu.Unlock()
}

// Close ends all sessions and waits for their goroutines. A command that is running ends at its next writing.
func (s *Server) Close() {
	s.prepare()
	s.mu.Lock()
	if !s.ended {
		s.ended = true
		close(s.closing)
		for c := range s.open {
			c.Close()
		}
	}
	s.mu.Unlock()
	s.running.Wait()
}

// add notes what Close has to close. It reports false after Close.
func (s *Server) add(c io.Closer) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended {
		return false
	}
	s.open[c] = struct{}{}
	s.running.Add(1)
	return true
}

func (s *Server) remove(c io.Closer) {
	c.Close()
	s.mu.Lock()
	delete(s.open, c)
	s.mu.Unlock()
	s.running.Done()
}
