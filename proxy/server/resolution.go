package server

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync"

	"tidelock/proxy/log"
)

// Naming is how servers use what a name stands for.
type Naming struct {
	Service bool // the name is one of services, which have ports and weights, too
	// Prefer are networks, addresses in which come first.
	Prefer []netip.Prefix
	// Duplicates lets several servers have the same address (resolve-opts allow-dup-ip).
	Duplicates bool
	// KeepWeight leaves the weights of services alone (resolve-opts ignore-weight).
	KeepWeight bool
}

// Name is the servers of a backend whose address the same name has. Each has an address of its own, as long as there are
// enough, and is in maintenance while it has none.
type Name struct {
	Naming

	mu      sync.Mutex
	servers []*Server // guarded by mu
}

// Join has a server's address found by the name.
func (n *Name) Join(s *Server) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.servers = append(n.servers, s)
}

// Leave ends that, and reports whether no server is left.
func (n *Name) Leave(s *Server) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.servers = slices.DeleteFunc(n.servers, func(other *Server) bool { return other == s })
	return len(n.servers) == 0
}

// Place is where a server is said to be.
type Place struct {
	Address netip.Addr
	Port    int // 0 for the server's own
	Weight  int // of a service, 0 to 65535
	Host    string
}

// Resolve gives the servers their places. By says whose answer it is.
func (n *Name) Resolve(places []Place, by string) {
	free := slices.Clone(places)
	slices.Reverse(free) // the order in which HAProxy hands them out
	slices.SortStableFunc(free, func(a, b Place) int { return n.rank(a) - n.rank(b) })
	fallback := slices.Clone(free)
	n.mu.Lock()
	defer n.mu.Unlock()
	var without []*Server
	for _, s := range n.servers {
		if s.Removed() {
			continue
		}
		i := slices.IndexFunc(free, s.isAt)
		if i < 0 {
			without = append(without, s)
			continue
		}
		s.moveTo(free[i], by, n.KeepWeight)
		free = slices.Delete(free, i, i+1)
	}
	for _, s := range without {
		switch {
		case len(free) > 0:
			s.moveTo(free[0], by, n.KeepWeight)
			free = free[1:]
			if !n.Service {
				by = "DNS cache"
			}
		case n.Duplicates && len(fallback) > 0:
			if i := slices.IndexFunc(fallback, s.isAt); i < 0 {
				s.moveTo(fallback[0], by, n.KeepWeight)
			}
		case n.Service:
			s.lose("entry removed from SRV record")
		default:
			s.lose("No IP for server ")
		}
	}
}

// Lose takes their places from the servers.
func (n *Name) Lose(why string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, s := range n.servers {
		if s.Removed() {
			continue
		}
		if n.Service {
			why = "entry removed from SRV record"
		}
		s.lose(why)
	}
}

func (n *Name) rank(p Place) int {
	if slices.ContainsFunc(n.Prefer, func(network netip.Prefix) bool { return network.Contains(p.Address) }) {
		return 0
	}
	return 1
}

// isAt reports whether the server is at a place now.
func (s *Server) isAt(p Place) bool {
	a := s.Address()
	return a.Host == p.Address.String() && (p.Port == 0 || a.Port == p.Port)
}

// moveTo has the server be at a place, and work there.
func (s *Server) moveTo(p Place, by string, keepWeight bool) {
	before := s.Address()
	after := before
	after.Host = p.Address.String()
	if p.Port != 0 {
		after.Port = p.Port
		s.hostName.Store(&p.Host)
	}
	if after != before {
		s.SetAddress(after)
	}
	if after.Host != before.Host {
		from := before.Host
		if from == "" {
			from = "(none)"
		}
		s.backend.report(Event{Level: log.Notice, Text: fmt.Sprintf("%s changed its IP from %s to %s by %s.", s.path(), from, after.Host, by)})
	}
	resolves := false
	s.backend.change(s, func(st *State) string {
		resolves = st.Admin&Unresolved != 0
		st.Admin &^= Unresolved
		if p.Port != 0 && !keepWeight {
			st.Weight = (p.Weight + 255) / 256 // any but 0 is at least 1
		}
		return ""
	})
	if resolves {
		s.backend.report(Event{Level: log.Notice, Text: fmt.Sprintf("Server %s administratively READY thanks to valid DNS answer.", s.path())})
	}
}

// lose takes the server's address from it.
func (s *Server) lose(why string) {
	if a := s.Address(); a.Host != "" {
		a.Host = ""
		if s.Service() {
			a.Port = 0
			s.hostName.Store(nil)
		}
		s.SetAddress(a)
	}
	s.backend.change(s, func(st *State) string {
		st.Admin |= Unresolved
		if !s.Service() && s.HostName() != s.Host {
			st.Admin |= Renamed
		}
		return why
	})
}

// Service reports whether the server's name is one of a service.
func (s *Server) Service() bool { return strings.HasPrefix(s.Host, "_") }

// Rename has the server's address found by another name from now on. Until that is known it stays where it is. The server has
// a Watch.
func (s *Server) Rename(name string) {
	s.hostName.Store(&name)
	s.Watch(name)
}

// HostName returns the name that the server's address is found by, "" for none.
func (s *Server) HostName() string {
	if name := s.hostName.Load(); name != nil {
		return *name
	}
	return s.Host
}
