package server

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/otel/trace"

	"tidelock/proxy/filter"
	"tidelock/proxy/stream"
)

// Backend is a group of servers that are interchangeable, with what applies to exchanges sent to any of them.
type Backend struct {
	Proxy    *stream.Proxy
	Initial  []*Server // that it starts with; Servers tells those that it has
	Timeouts Timeouts

	// Direct takes the exchanges that are bound to no server, in the place of the algorithm; nil for none (dispatch, option
	// transparent). See NewDirect.
	Direct *Server

	Algorithm *Algorithm // nil is round robin
	Options   Options
	// Key returns the hash of what an exchange is chosen a server by, and whether it has that; nil where the algorithm
	// does without.
	Key func(*stream.Stream) (uint32, bool)
	// AllBackups uses all backup servers at once, instead of the first that works (option allbackups).
	AllBackups bool
	// FullConn is the load of the backend at which servers with a MinConn take their MaxConn.
	FullConn int

	Persistence Persistence
	Retry       Retry
	Connection  ConnectionMode
	Reuse       Reuse
	// PretendKeepalive does not tell servers that their connection will be closed (option http-pretend-keepalive).
	PretendKeepalive bool
	// AbortOnClose gives an exchange up when its client closes before it has the response (option abortonclose).
	AbortOnClose bool
	// CheckCache refuses responses whose cookies caches would keep (option checkcache).
	CheckCache bool
	// ServerNameHeader is the header, in lower case, that tells servers their names; empty for none.
	ServerNameHeader string
	// AcceptInvalidResponse relaxes the parsing of responses (option accept-invalid-http-response).
	AcceptInvalidResponse bool
	// HeaderCase spells names of headers sent to servers (option h1-case-adjust-bogus-server).
	HeaderCase map[string]string
	// NoLinger resets connections to servers when they are closed (option nolinger).
	NoLinger bool

	// The rules are the backend's own; nil for none. Content rules may ask for more input while their delay lasts. What a
	// section has as the exchange's frontend too is run there.
	ContentRules, RequestRules          func(*stream.Stream) stream.Verdict
	ResponseContentRules, ResponseRules func(*stream.Stream) stream.Verdict
	AfterResponseRules                  func(*stream.Stream) stream.Verdict
	InspectDelay, ResponseInspectDelay  time.Duration

	// BufferRequest waits for the body of each request before RequestRules (option http-buffer-request).
	BufferRequest bool

	// Filters look at the exchanges, after those of the frontend.
	Filters []filter.Filter

	// Prefer names the server that use-server rules ask for, nil for none of them. It may be nil itself.
	Prefer func(*stream.Stream) *Server

	// Stick names the server that a table remembers for an exchange that nothing else binds to one (stick match).
	// RememberRequest and RememberResponse note in the stream what tables shall remember of it (stick store-request,
	// store-response). They are nil without such rules.
	Stick                             func(*stream.Stream) *Server
	RememberRequest, RememberResponse func(*stream.Stream)

	// Watches run from the start of the checks on, until their context ends.
	Watches []func(context.Context)

	// Report is told what happens to the servers; nil for nobody.
	Report func(Event)
	// Changes is told likewise, for programs; nil for nobody.
	Changes *Changes
	// Trace is told of the result of each check, or answer of an agent, before it changes anything, and gives it its Span.
	// nil: nobody.
	Trace func(s *Server, r *Result, agent bool)

	watches  []*monitor
	mu       sync.Mutex // guards the servers' states
	ramp     *time.Timer
	closed   bool
	farm     atomic.Pointer[farm]
	since    time.Time     // the last change between having usable servers and not
	downtime time.Duration // before since
	roster   atomic.Pointer[Roster]
	dynamic  DynamicCookie // guarded by mu
	order    atomic.Uint64 // stamps changes of load
	queue    queue
	// outage is the span of the check that took the last usable server, if a check did; guarded by mu
	outage trace.SpanContext
}

// Timeouts are the server side's; 0 waits for ever.
type Timeouts struct {
	Connect time.Duration
	Queue   time.Duration // waiting for a slot; 0 is Connect
	Server  time.Duration // each wait for the server to send or to take data
	Fin     time.Duration // replaces Server once one side of the connection has ended; 0 for no change (timeout server-fin)
	Tunnel  time.Duration // replaces Server and the client's timeout once both sides exchange bytes freely; 0 for neither
}

// farm is the servers that new traffic may go to, and how one is chosen.
type farm struct {
	members []member
	chooser chooser
}

// Prepare puts the servers to work. It is called once, before the first exchange.
func (b *Backend) Prepare() {
	if b.Algorithm == nil {
		b.Algorithm = &Algorithms[0]
	}
	b.queue.any = waiters{length: &b.queue.length, total: &b.queue.total, row: b.Proxy.BackendCounters}
	b.roster.Store(newRoster(b.Initial))
	for _, s := range b.Initial {
		s.prepare(b)
	}
	if b.Direct != nil {
		b.Direct.prepare(b)
	}
	if row := b.Proxy.BackendCounters; row != nil {
		row.State = b.fill
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.since = time.Now()
	b.learnCookies()
	b.rebuild(b.since)
}

// Dynamic reports whether weights can take any value while servers are up.
func (b *Backend) Dynamic() bool {
	return b.Algorithm.dynamic || b.Algorithm.Keyed && b.Options.Consistent
}

// rebuild works out who takes new traffic. mu is held.
func (b *Backend) rebuild(now time.Time) {
	var active, backup []member
	ramping := false
	for _, s := range b.Servers() {
		st := &s.state
		if st.Operation == Starting && now.Sub(st.Since) >= s.SlowStart {
			st.Operation = Running
		}
		s.publish()
		if !st.usable() {
			continue
		}
		ramping = ramping || st.Operation == Starting
		m := member{s, s.weightNow(now)}
		switch {
		case !s.Backup:
			active = append(active, m)
		case b.AllBackups || len(backup) == 0:
			backup = append(backup, m)
		}
	}
	f := &farm{members: active}
	if len(active) == 0 {
		f.members = backup
	}
	if before := b.farm.Load(); before != nil && (len(before.members) == 0) != (len(f.members) == 0) {
		if len(f.members) > 0 {
			b.downtime += now.Sub(b.since)
		}
		b.since = now
	}
	if len(f.members) > 0 && !b.unchanged(f.members) {
		f.chooser = b.Algorithm.make(f.members, b.Options)
		if r, ok := f.chooser.(resumer); ok {
			r.resume(b.farm.Load())
		}
		b.farm.Store(f)
	} else if len(f.members) == 0 {
		b.farm.Store(f)
	}
	if ramping && b.ramp == nil && !b.closed {
		b.ramp = time.AfterFunc(rampStep, b.climb)
	}
}

// rampStep is how often the weights of servers that start slowly grow.
const rampStep = time.Second

// climb goes on with slow starts.
func (b *Backend) climb() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.ramp = nil
	b.rebuild(time.Now())
}

// unchanged reports whether the members are those that the farm has: whose turn it is then stays.
func (b *Backend) unchanged(members []member) bool {
	f := b.farm.Load()
	if f == nil || len(f.members) != len(members) {
		return false
	}
	for i := range members {
		if f.members[i] != members[i] {
			return false
		}
	}
	return true
}

// current returns the farm as it is now.
func (b *Backend) current() *farm { return b.farm.Load() }

// countUsable counts the servers that new traffic could go to. mu is held.
func (b *Backend) countUsable() (active, backup int) {
	for _, s := range b.Servers() {
		switch {
		case !s.state.usable():
		case s.Backup:
			backup++
		default:
			active++
		}
	}
	return active, backup
}

// Usable counts the servers that new traffic could go to, as nbsrv does: the backups only when there is nothing else.
func (b *Backend) Usable() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	active, backup := b.countUsable()
	if active > 0 {
		return active
	}
	return backup
}

// Next returns the server whose turn it is, nil when there is none or all are full. Avoid is one that has just failed, nil
// for none.
func (b *Backend) Next(key uint32, keyed bool, avoid *Server) *Server {
	f := b.farm.Load()
	if f.chooser == nil {
		return nil
	}
	return f.chooser.next(key, keyed, avoid)
}

// ServerNamed returns the server of a name, or nil.
func (b *Backend) ServerNamed(name string) *Server { return b.Roster().Named(name) }

// Close stops the checks and closes the servers' idle connections.
func (b *Backend) Close() {
	b.mu.Lock()
	b.closed = true
	if b.ramp != nil {
		b.ramp.Stop()
	}
	b.mu.Unlock()
	for _, m := range b.watches {
		m.stop()
	}
	for _, s := range b.Servers() {
		s.Close()
	}
	if b.Direct != nil {
		b.Direct.Close()
	}
}
