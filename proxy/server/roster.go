package server

import (
	"errors"
	"slices"
	"time"

	"tidelock/proxy/counter"
)

// Roster is the servers of a backend at some moment, in the order of the configuration with those that were added
// since behind. It does not change: a change of the servers puts another one in its place, so that exchanges
// read it without a lock.
type Roster struct {
	Servers  []*Server
	named    map[string]*Server
	numbered map[int]*Server
}

func newRoster(servers []*Server) *Roster {
	r := &Roster{Servers: servers, named: make(map[string]*Server, len(servers)), numbered: make(map[int]*Server, len(servers))}
	for _, s := range servers {
		r.named[s.Name], r.numbered[s.ID] = s, s
	}
	return r
}

// Named returns the server of a name, or nil.
func (r *Roster) Named(name string) *Server { return r.named[name] }

// Numbered returns the server of a number, or nil.
func (r *Roster) Numbered(id int) *Server { return r.numbered[id] }

// FreeID returns the least number that no server has.
func (r *Roster) FreeID() int {
	id := 1
	for r.numbered[id] != nil {
		id++
	}
	return id
}

// Roster returns the servers as they are now. It is nil before Prepare.
func (b *Backend) Roster() *Roster { return b.roster.Load() }

// Servers returns the servers as they are now, those that the backend starts with before Prepare. The slice is not to be
// changed.
func (b *Backend) Servers() []*Server {
	if r := b.roster.Load(); r != nil {
		return r.Servers
	}
	return b.Initial
}

// Why servers are not added or removed, in HAProxy's words.
var (
	ErrKnownName   = errors.New("Already exists a server with the same name in backend.")                                       //nolint:staticcheck // HAProxy's words
	ErrPinned      = errors.New("This server cannot be removed at runtime due to other configuration elements pointing to it.") //nolint:staticcheck // HAProxy's words
	ErrInService   = errors.New("Only servers in maintenance mode can be deleted.")                                             //nolint:staticcheck // HAProxy's words
	ErrConnections = errors.New("Server still has connections attached to it, cannot remove it.")                               //nolint:staticcheck // HAProxy's words
)

// Add puts a further server to work while traffic runs. It tracks the one it was told to.
func (b *Backend) Add(s *Server) error {
	b.mu.Lock()
	r := b.Roster()
	if r.Named(s.Name) != nil {
		b.mu.Unlock()
		return ErrKnownName
	}
	s.prepare(b)
	b.learn(append(slices.Clip(r.Servers), s))
	b.mu.Unlock()
	if s.tracked != nil {
		s.Tracks(s.tracked)
		now := s.tracked.State()
		s.follow(&State{Operation: Running}, &now, s.tracked)
	}
	if s.Check != nil {
		s.monitor.start(s.watch)
	}
	if s.Agent != nil {
		s.agentMonitor.start(s.askAgent)
	}
	return nil
}

// Remove takes a server out for good. It has to be in maintenance, without a connection, and nothing may refer to it.
func (b *Backend) Remove(s *Server) error {
	if err := b.remove(s); err != nil {
		return err
	}
	if s.tracked != nil {
		s.tracked.unfollow(s)
	}
	s.Close()
	return nil
}

func (b *Backend) remove(s *Server) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case s.pinned.Load():
		return ErrPinned
	case s.state.Admin&inMaintenance == 0:
		return ErrInService
	case s.load.Load() > 0 || s.queued.Load() > 0 || s.IdleConnections() > 0:
		return ErrConnections
	}
	s.removed.Store(true)
	b.learn(slices.DeleteFunc(slices.Clone(b.Servers()), func(other *Server) bool { return other == s }))
	return nil
}

// learn takes over a list of servers. mu is held.
func (b *Backend) learn(servers []*Server) {
	b.roster.Store(newRoster(servers))
	b.learnCookies()
	b.rebuild(time.Now())
}

// Pin notes that a part of the configuration refers to the server, which therefore stays.
func (s *Server) Pin() { s.pinned.Store(true) }

// Removed reports whether the server was taken out of its backend.
func (s *Server) Removed() bool { return s.removed.Load() }

// Rows returns the counters of the servers and of the backend, in the order of "show stat".
func (b *Backend) Rows() []*counter.Row {
	var rows []*counter.Row
	for _, s := range b.Servers() {
		rows = append(rows, s.Counters)
	}
	return append(rows, b.Proxy.BackendCounters)
}
