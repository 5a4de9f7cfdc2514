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
	"tidelock/proxy/message"
	"tidelock/proxy/server"
	"tidelock/proxy/stream"
)

// session is one client connection with everything that its exchanges need, one after the other. It is reused as a
// whole, so that neither a connection nor a request allocates.
type session struct {
	stream.Session
	frontend *Frontend
	listener *Listener
	client   http1.Conn

	stream            stream.Stream
	request, response message.Message
	asked, answered   http1.Head
	requestBody       http1.Body
	responseBody      http1.Body
	requestInput      input
	responseInput     input
	writer            http1.BodyWriter // of the response
	upload            upload
	applet            httpApplet
	waiting           *exchange // the stream's Context

	backend   *server.Backend
	attempt   attempt
	keep      bool // the client's connection may carry another exchange
	started   bool // the response's head was written
	endedAt   time.Time
	inBefore  int64 // client bytes that belong to earlier exchanges
	outBefore int64

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
	s.frontend = f
	s.client.Attach(c)
	s.Session.ID = sessionIDs.Add(1)
	s.Frontend = f.Proxy
	s.listener, s.Listener = listener, listener.Identity
	s.Accepted = time.Now()
	s.Client = endpoint(c)
	s.Origin = s.Client
	s.endedAt = s.Accepted
	s.inBefore, s.outBefore = 0, 0
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

// run carries the session from accept to close. A panic ends this session and nothing else.
func (s *session) run() {
	f := s.frontend
	defer s.recycle()
	defer f.end(s)
	defer s.close()
	defer s.recovered("session")
	if !s.admit() {
		return
	}
	if f.Proxy.Mode == stream.ModeHTTP {
		s.serveHTTP(false)
	} else {
		s.serveTCP()
	}
}

// recovered is deferred by every goroutine of a session.
func (s *session) recovered(what string) {
	if r := recover(); r != nil {
		s.countClient(counter.InternalErrors)
		s.frontend.Errors.Error("panic", "proxy", s.frontend.Proxy.Name, "in", what, "panic", r, "stack", string(debug.Stack()))
	}
}

// close ends all that the session still has open.
func (s *session) close() {
	s.upload.stop(s)
	s.endWaiting()
	s.dropServer()
	s.release()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.client.Close()
}

// recycle gives the session back for another connection, once nothing can reach it any more.
func (s *session) recycle() {
	s.Session.Reset()
	s.frontend, s.listener, s.backend, s.stream.Session = nil, nil, nil, nil
	s.stream.RequestInput, s.stream.ResponseInput = nil, nil
	s.killed = false
	sessions.Put(s)
}

// cut closes the session's connections under its feet. The session's goroutines notice and end.
func (s *session) cut() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.killed = true
	s.client.Net().Close()
	if s.server != nil {
		s.server.Net().Close()
	}
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
	if s.setServer(nil) {
		c.Keep()
		return
	}
	c.Close()
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
