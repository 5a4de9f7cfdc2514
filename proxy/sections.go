package proxy

import (
	"cmp"
	"fmt"

	"tidelock/proxy/config"
	"tidelock/proxy/counter"
	"tidelock/proxy/frontend"
	"tidelock/proxy/plane"
)

// plane is what scripts see of the configuration.
func (b *builder) plane() *plane.Plane {
	return &plane.Plane{
		Patterns: b.patterns, Process: b.Process, Commands: b.runtime.Registry, TLSFiles: b.tlsFiles,
		ServerChanges: &b.changes, Sections: b.sections,
	}
}

// sections lists the sections for scripts, once all are built.
func (b *builder) sections() (all []plane.Section) {
	if !b.built {
		return nil
	}
	for _, section := range b.config.Proxies {
		s := plane.Section{Proxy: b.identities[section]}
		for i, f := range b.frontendsOf() {
			if e := b.frontends[i]; e.section == section {
				s.Frontend, s.Listeners = &f, listenersOf(e)
			}
		}
		for i := range b.runtime.servers.Backends {
			if t := &b.runtime.servers.Backends[i]; section.Kind.HasBackend() && t.Proxy == b.identities[section] {
				s.Backend = t
			}
		}
		all = append(all, s)
	}
	return all
}

func listenersOf(e *entrance) (all []plane.Listener) {
	for i, l := range e.bindings {
		all = append(all, plane.Listener{Name: bindingName(l.Bind, i+1), Row: func() *counter.Row { return rowOf(&l.listener) }})
	}
	return all
}

func rowOf(l *frontend.Listener) *counter.Row {
	if l.Listener == nil {
		return nil
	}
	return l.Identity.Counters
}

// bindingName returns what a bind line is called that is the frontend's n-th.
func bindingName(bind config.Bind, n int) string { return cmp.Or(bind.Name, fmt.Sprintf("sock-%d", n)) }
