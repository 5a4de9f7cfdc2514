package frontend

import (
	"net"
	"net/netip"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"tidelock/proxy/counter"
	"tidelock/proxy/http1"
	"tidelock/proxy/server"
	"tidelock/proxy/stream"
)

// session is one client connection. It is reused, as its workspace is, so that neither a connection nor a request
// allocates.
type session struct {
	stream.Session
	frontend *Frontend
	listener *Listener
	client   http1.Conn

	*workspace // nil while the connection waits for long
	place      place
	presence   presence

	backend   *server.Backend
	keep      bool          // the client's connection may carry another exchange
	started   bool          // the response's head was written
	logged    bool          // the exchange has its log line
	ended     time.Duration // when the exchange before, or the handshake, had ended; since Accepted
	outBefore int64         // bytes sent to the client in earlier exchanges

	kept   *server.Conn // idle, for this client's next request alone; nil for none
	served atomic.Bool  // it has had an exchange: it is idle where nothing is under way
	mu     sync.Mutex
	server *server.Conn // guarded by mu for cut; nil while there is none
	killed bool         // guarded by mu
}

var (
	sessions   = sync.Pool{New: func() any { return new(session) }}
	sessionIDs atomic.Uint64
	streamIDs  atomic.Uint64
)

func newSession(f *Frontend, c net.Conn, listener *Listener) *session {
	s := sessions.Get().(*session)
	s.equip()
	s.frontend = f
	s.client.Attach(c)
	s.client.Adapt(http1.Peer{Relaxed: f.AcceptInvalidRequest, HeaderCase: f.HeaderCase, NoLinger: f.NoLinger})
	s.Session.ID = sessionIDs.Add(1)
	s.Frontend = f.Proxy
	s.listener, s.Listener = listener, listener.Identity
	s.Accepted = time.Now()
	s.Client = endpoint(c)
	if original := f.OriginalDestination; original != nil {
		if to, ok := original(c); ok {
			s.Client.Destination = to
		}
	}
	s.Origin = s.Client
	s.ended = 0
	s.outBefore = 0
	return s
}

// endpoint reads the addresses of an accepted connection.
func endpoint(c net.Conn) (e stream.Endpoint) {
	e.Source, _ = addrPort(c.RemoteAddr())
	var ok bool
	if e.Destination, ok = addrPort(c.LocalAddr()); !ok {
		e.Path = c.LocalAddr().String()
	}
	return e
}

func addrPort(a net.Addr) (netip.AddrPort, bool) {
	tcp, ok := a.(*net.TCPAddr)
	if !ok {
		return netip.AddrPort{}, false
	}
	ap := tcp.AddrPort()
	return netip.AddrPortFrom(ap.Addr().Unmap(), ap.Port()), true
}

// run carries the session from accept, or from a wait in the lot, to its close or to another such wait.
func (s *session) run(resumed bool) {
	if !s.carry(resumed) {
		s.end()
	}
}

// carry reports whether the session waits in the lot. It is not the caller's any more then. A panic ends this session and
// nothing else.
func (s *session) carry(resumed bool) (parked bool) {
	defer s.recovered("session")
	switch {
	case resumed:
		return s.serveHTTP(later)
	case !s.admit():
		return false
	case s.frontend.Proxy.Mode == stream.ModeHTTP:
		return s.serveHTTP(accepted)
	}
	return s.serveTCP()
}

// end closes the session and gives it back, once nothing of it runs any more.
func (s *session) end() {
	f := s.frontend
	defer s.recycle()
	defer f.end(s)
	s.close()
}

// recovered is deferred by every goroutine of a session.
func (s *session) recovered(what string) {
	if r := recover(); r != nil {
		s.countClient(counter.InternalErrors)
		ctx := s.stream.Context
		if ctx == nil {
			ctx = s.frontend.cut
		}
		s.frontend.Errors.ErrorContext(ctx, "panic", "proxy", s.frontend.Proxy.Name, "in", what, "panic", r, "stack", string(debug.Stack()))
	}
}

// close ends all that the session still has open.
func (s *session) close() {
	if s.workspace != nil {
		s.upload.stop(s)
		s.endWaiting()
		s.dropServer()
		s.stopFilters()
		s.release()
		s.endTrace()
	}
	if s.kept != nil {
		s.kept.Close()
		s.kept = nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.client.Close()
}

// recycle gives the session back for another connection, once nothing can reach it any more.
func (s *session) recycle() {
	s.strip()
	s.Session.Reset()
	s.frontend, s.listener, s.backend = nil, nil, nil
	s.killed = false
	s.served.Store(false)
	s.presence.vanish()
	sessions.Put(s)
}

// cut closes the session's connections under its feet. The session's goroutines notice and end.
func (s *session) cut() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.killed = true
	underneath(s.client.Net()).Close()
	if s.server != nil {
		underneath(s.server.Net()).Close()
	}
}

// interrupt wakes the session if nothing is under way.
func (s *session) interrupt() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.client.Interrupt()
}

func (s *session) wasCut() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.killed
}

// setServer notes the server connection in use. It reports false when the session was cut meanwhile.
func (s *session) setServer(c *server.Conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.server = c
	return !s.killed
}

// keepServer hands the server connection over for reuse.
func (s *session) keepServer() {
	c := s.server
	c.End()
	switch {
	case !s.setServer(nil):
		c.Close()
	case s.backend.Reuse == server.ReuseNever, c.Direct():
		if c.KeepPrivate() {
			s.kept = c
		}
	default:
		c.Keep()
	}
}

// dropServer closes the server connection, if there is one.
func (s *session) dropServer() {
	c := s.server
	if c == nil {
		return
	}
	s.setServer(nil)
	c.End()
	c.Close()
}
