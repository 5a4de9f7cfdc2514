// Package server holds the servers of a backend: their state, which one is next, who waits for one, connections to them, and
// those that wait for reuse.
package server

import (
	"context"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"tidelock/proxy/stream"
)

// Server is one line "server NAME ADDRESS" of a backend.
type Server struct {
	stream.Server // its name, number (1 and above, unique in the backend) and counters
	Settings
	// Watch has the address found by another name (nil: it is not resolved while serving). Set before traffic runs.
	Watch func(name string)

	backend      *Backend
	followers    []*Server   // that track this one; guarded by the backend's mu, and never changed in place
	pinned       atomic.Bool // the configuration refers to the server
	removed      atomic.Bool
	added        bool                   // while traffic ran
	tracked      *Server                // by this one; nil for none
	hostName     atomic.Pointer[string] // of a service, or by an operator; nil is Host
	address      atomic.Pointer[Address]
	cookie       atomic.Pointer[string] // made of the address; nil is Cookie
	maxConn      atomic.Int64
	load         atomic.Int64  // exchanges that hold a slot
	moved        atomic.Uint64 // when load last changed, in the backend's order
	queued       atomic.Int64  // length of line
	line         waiters       // guarded by the backend's queue
	state        State         // guarded by the backend's mu
	published    atomic.Uint32 // what exchanges need of it
	errors       atomic.Int64  // that traffic met in a row
	pool         pool
	monitor      monitor // of the health check
	agentMonitor monitor

	mu    sync.Mutex
	inUse map[*Conn]struct{} // guarded by mu; kept only for servers whose sessions may have to be cut
}

// Settings of a server, which do not change.
type Settings struct {
	FixedID   bool // the configuration gives its number
	Weight    int  // initially, 0 to 256
	Backup    bool // used when no other server is
	MaxConn   int  // exchanges at a time, initially; 0 for any number
	MinConn   int  // bound below a full load; 0 for none
	MaxQueue  int  // exchanges that wait for the server; 0 for any number
	SlowStart time.Duration
	Host      string // the name that its address is found by; empty for none
	Cookie    string // value that binds clients to the server; empty for none
	Redirect  string // what is before the paths of GET and HEAD requests, which clients send there; empty to serve them here
	// ShutdownWhenDown cuts the exchanges when the server goes down (on-marked-down shutdown-sessions), ShutdownBackups
	// those of the backups when it comes up (on-marked-up shutdown-backup-sessions).
	ShutdownWhenDown, ShutdownBackups bool

	CheckPlace CheckPlace // initially

	// Dialer opens connections; nil opens them as they are.
	Dialer      Dialer
	Pool        PoolSettings
	Check       *Check // nil for none
	Agent       *Agent // nil for none
	Observation Observation
	Rise        int // checks that must succeed for the server to be up
	Fall        int // checks that must fail for it to be down
}

// Address is where a server is.
type Address struct {
	Network string // "tcp" or "unix"
	Host    string // IP address, or the path of a socket
	Port    int    // 0 is the port that the client connected to
	// Offset adds Port to the port that the client connected to.
	Offset bool
	// ToClientDestination connects where each client wanted to go, whatever the other fields say (option transparent).
	ToClientDestination bool
}

// Dialer opens connections to a server: with TLS, with a PROXY protocol header, from a certain address.
type Dialer interface {
	// Dial connects to a network address. The stream is the exchange that needs the connection, nil for a health check.
	Dial(ctx context.Context, s *stream.Stream, network, address string) (net.Conn, error)
	// Shareable reports whether a connection that was opened for one exchange may carry those of other clients.
	Shareable() bool
}

// HandshakeError is why a connection that was opened could not be secured.
type HandshakeError struct{ Err error }

func (e *HandshakeError) Error() string { return e.Err.Error() }

// Unwrap returns what went wrong.
func (e *HandshakeError) Unwrap() error { return e.Err }

// Securer is a Dialer that can do without TLS or begin to use it while traffic runs. Checks are not concerned.
type Securer interface {
	Dialer
	Securable() bool // it has what TLS needs
	Secured() bool
	Secure(on bool)
}

// Secured reports whether connections to the server are secured.
func (s *Server) Secured() bool {
	d, ok := s.Dialer.(Securer)
	return ok && d.Secured()
}

// Secure has connections to the server secured from now on, or no longer. Idle ones are closed.
func (s *Server) Secure(d Securer, on bool) {
	d.Secure(on)
	s.pool.purgeAll()
}

// New returns a server that is up. It takes traffic once its backend was prepared.
func New(identity stream.Server, at Address, settings Settings) *Server {
	s := &Server{Server: identity, Settings: settings}
	s.Rise, s.Fall = max(s.Rise, 1), max(s.Fall, 1)
	s.address.Store(&at)
	s.maxConn.Store(int64(settings.MaxConn))
	// The first check that fails takes the server down.
	s.state = State{Operation: Running, Weight: settings.Weight, Health: s.Rise, Since: time.Now()}
	s.state.Checks.Place = settings.CheckPlace
	if s.Agent != nil {
		s.state.Agent.Place = s.Agent.Place
	}
	return s
}

func (s *Server) prepare(b *Backend) {
	s.backend = b
	if s.Counters != nil {
		s.Counters.State = s.fill
	}
	s.monitor.soon, s.agentMonitor.soon = make(chan struct{}, 1), make(chan struct{}, 1)
	s.line = waiters{length: &s.queued, total: &b.queue.total, row: s.Counters}
	s.maxConn.Store(int64(s.MaxConn))
}

// Tracks makes the server follow the state of another one, which stays therefore. It is called before the server takes
// traffic, once the other one's backend is prepared.
func (s *Server) Tracks(other *Server) {
	s.tracked = other
	other.Pin()
	other.backend.mu.Lock()
	defer other.backend.mu.Unlock()
	other.followers = append(slices.Clip(other.followers), s)
}

// unfollow forgets a server that tracks this one.
func (s *Server) unfollow(follower *Server) {
	s.backend.mu.Lock()
	defer s.backend.mu.Unlock()
	s.followers = slices.DeleteFunc(slices.Clone(s.followers), func(other *Server) bool { return other == follower })
}

// Tracking reports whether the server follows the state of another one.
func (s *Server) Tracking() bool { return s.tracked != nil }

// Tracked returns the server whose state this one follows, or nil.
func (s *Server) Tracked() *Server { return s.tracked }

// Backend returns the backend that the server belongs to.
func (s *Server) Backend() *Backend { return s.backend }

// StartIn puts the server into an administrative state, before its backend is prepared.
func (s *Server) StartIn(a Admin) { s.state.Admin |= a }

// StartAdded has the server begin as one that is added while traffic runs: in maintenance unless it is
// enabled, and not checked. It tracks
// another one unless that is nil.
func (s *Server) StartAdded(tracked *Server, enabled bool) {
	if !enabled {
		s.state.Admin |= Maintenance
	}
	s.state.Checks.Disabled, s.state.Checks.New = true, true
	s.state.Agent.Disabled = true
	s.tracked, s.added = tracked, true
}

// Added reports whether the server was added while traffic ran.
func (s *Server) Added() bool { return s.added }

// publish lets exchanges see the state. The backend's mu is held.
func (s *Server) publish() {
	var flags uint32
	if s.state.Up() {
		flags |= publishedUp
	}
	if s.state.usable() {
		flags |= publishedUsable
	}
	s.published.Store(flags)
}

// Load returns how many exchanges hold a slot of the server, and how many wait for one.
func (s *Server) Load() (active, queued int64) { return s.load.Load(), s.queued.Load() }

// MaxConnNow returns the bound on exchanges at a time, 0 for none.
func (s *Server) MaxConnNow() int64 { return s.maxConn.Load() }

// SetMaxConn changes the bound on exchanges at a time; 0 is none.
func (s *Server) SetMaxConn(n int) {
	s.maxConn.Store(int64(n))
	s.backend.dispatchAll()
}

// Address returns where the server is.
func (s *Server) Address() Address { return *s.address.Load() }

// SetAddress moves the server: connections to the old place are not used again.
func (s *Server) SetAddress(a Address) {
	s.backend.mu.Lock()
	s.address.Store(&a)
	if s.backend.dynamic.Enabled {
		s.renewCookie()
		s.backend.learnCookies()
	}
	s.backend.mu.Unlock()
	s.pool.purgeAll()
}

// use notes a connection that carries an exchange, and disuse that it does no more.
func (s *Server) use(c *Conn) {
	if !s.mayCut() {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.inUse == nil {
		s.inUse = map[*Conn]struct{}{}
	}
	s.inUse[c] = struct{}{}
}

func (s *Server) disuse(c *Conn) {
	if !s.mayCut() {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.inUse, c)
}

// mayCut reports whether exchanges of the server may have to be cut by what happens to servers.
func (s *Server) mayCut() bool { return s.ShutdownWhenDown || s.Backup }

// cutSessions closes the connections that carry exchanges, under their feet.
func (s *Server) cutSessions() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.inUse {
		c.Net().Close()
	}
}

// Close stops the checks and closes the idle connections; those in use are closed by their users, and none is kept any
// more.
func (s *Server) Close() {
	s.monitor.stop()
	s.agentMonitor.stop()
	s.pool.close()
}
