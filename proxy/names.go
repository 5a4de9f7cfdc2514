package proxy

import (
	"context"
	"sync"
	"time"

	"tidelock/proxy/config"
	"tidelock/proxy/resolver"
	"tidelock/proxy/server"
)

// nameGroup is what servers of a section have in common that share one resolution.
type nameGroup struct {
	resolvers, host  string
	ipv4, duplicates bool
}

// names are the names of a section's servers that are resolved while serving. Servers that share a name share its resolution:
// that is how each gets an address of its own.
type names struct {
	watch func(nameGroup, *server.Name) (resolve func(context.Context))

	mu      sync.Mutex
	groups  map[nameGroup]*watchedName
	serving context.Context // nil before, and ended after
	running sync.WaitGroup
}

// watchedName is a name that some server has.
type watchedName struct {
	server.Name
	resolve func(context.Context)
	stop    context.CancelFunc // nil while it is not resolved
}

// watchNames has the names of a section's servers resolved while serving.
func (b *builder) watchNames(section *config.Proxy, backend *server.Backend) {
	n := &names{groups: map[nameGroup]*watchedName{}, watch: func(key nameGroup, named *server.Name) func(context.Context) {
		r, w := b.sectionResolver(key.resolvers), watchOf(b.config.Resolver(key.resolvers), key, named)
		return func(ctx context.Context) { r.Run(ctx, w) }
	}}
	for _, s := range section.Servers {
		made := b.servers[[2]string{section.Name, s.Name}]
		if made == nil || s.Resolvers == "" || b.sectionResolver(s.Resolvers) == nil {
			continue // without any, or reported already
		}
		key := nameGroup{s.Resolvers, s.HostName(), s.ResolveIPv4, s.AllowDuplicateIP}
		naming := server.Naming{Service: s.Service(), Prefer: s.ResolveNets, Duplicates: s.AllowDuplicateIP, KeepWeight: s.IgnoreSRVWeight}
		if key.host != "" {
			n.join(key, naming, made)
		}
		made.Watch = func(host string) {
			n.mu.Lock()
			defer n.mu.Unlock()
			n.leave(key, made)
			key.host = host
			n.join(key, naming, made)
		}
		if saved, _ := b.savedState(section, s.Name); saved.Admin&server.Renamed != 0 && saved.Name != "" && !s.Service() {
			made.Rename(saved.Name)
		}
	}
	backend.Watches = append(backend.Watches, n.run)
}

// run resolves the names until the context ends.
func (n *names) run(ctx context.Context) {
	n.mu.Lock()
	n.serving = ctx
	for _, w := range n.groups {
		n.start(w)
	}
	n.mu.Unlock()
	<-ctx.Done()
	n.mu.Lock() // what joined before runs by now, and what joins later does not
	n.mu.Unlock()
	n.running.Wait()
}

// join has a server's address found by a name, together with those of others. The mu is held while serving.
func (n *names) join(key nameGroup, naming server.Naming, s *server.Server) {
	w := n.groups[key]
	if w == nil {
		w = &watchedName{Name: server.Name{Naming: naming}}
		w.resolve = n.watch(key, &w.Name)
		n.groups[key] = w
	}
	w.Join(s)
	if n.serving != nil && w.stop == nil {
		n.start(w)
	}
}

// leave ends that a server's address is found by a name. The mu is held.
func (n *names) leave(key nameGroup, s *server.Server) {
	w := n.groups[key]
	if w == nil || !w.Leave(s) {
		return
	}
	delete(n.groups, key)
	if w.stop != nil {
		w.stop()
	}
}

// start begins to resolve a name. The mu is held.
func (n *names) start(w *watchedName) {
	if n.serving.Err() != nil {
		return
	}
	ctx, cancel := context.WithCancel(n.serving)
	w.stop = cancel
	n.running.Go(func() { w.resolve(ctx) })
}

// watchOf returns how a name is watched.
func watchOf(section *config.Resolvers, key nameGroup, named *server.Name) *resolver.Watch {
	w := &resolver.Watch{
		Name: key.host, Service: named.Service, Preferred: resolver.IPv6, Every: section.Resolve, Obsolete: section.Hold.Obsolete,
		Hold: map[resolver.Outcome]time.Duration{
			resolver.NoName: section.Hold.NX, resolver.Refused: section.Hold.Refused, resolver.TimedOut: section.Hold.Timeout,
			resolver.Failed: section.Hold.Other,
		},
	}
	if key.ipv4 {
		w.Preferred = resolver.IPv4
	}
	w.Apply = func(a resolver.Answer) {
		if a.Outcome != resolver.Resolved {
			named.Lose(unresolved[a.Outcome])
			return
		}
		places := make([]server.Place, len(a.Places))
		for i, p := range a.Places {
			places[i] = server.Place{Address: p.Address, Port: int(p.Port), Weight: int(p.Weight), Host: p.Host}
		}
		named.Resolve(places, section.Name+"/"+a.By)
	}
	return w
}

// unresolved are HAProxy's words for why a name has no address.
var unresolved = map[resolver.Outcome]string{
	resolver.NoName: "DNS NX status", resolver.Refused: "DNS refused status", resolver.TimedOut: "DNS timeout status",
	resolver.Failed: "unspecified DNS error",
}
