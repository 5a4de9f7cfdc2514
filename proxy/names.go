package proxy

import (
	"context"
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

// watchNames has the names of a section's servers resolved while serving. Servers that share a name share its resolution:
// that is how each gets an address of its own.
func (b *builder) watchNames(section *config.Proxy, backend *server.Backend) {
	groups := map[nameGroup]*server.Name{}
	var order []nameGroup
	for _, s := range section.Servers {
		made := b.servers[[2]string{section.Name, s.Name}]
		if made == nil || !s.Watched() {
			continue
		}
		key := nameGroup{s.Resolvers, s.Address.Host, s.ResolveIPv4, s.AllowDuplicateIP}
		if groups[key] == nil {
			groups[key] = &server.Name{
				Service: s.Service(), Prefer: s.ResolveNets, Duplicates: s.AllowDuplicateIP, KeepWeight: s.IgnoreSRVWeight,
			}
			order = append(order, key)
		}
		groups[key].Servers = append(groups[key].Servers, made)
	}
	for _, key := range order {
		r, named := b.sectionResolver(key.resolvers), groups[key]
		if r == nil {
			continue // reported already
		}
		w := watchOf(b.config.Resolver(key.resolvers), key, named)
		backend.Watches = append(backend.Watches, func(ctx context.Context) { r.Run(ctx, w) })
	}
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
