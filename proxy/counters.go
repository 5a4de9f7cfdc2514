package proxy

import (
	"net"

	"tidelock/proxy/config"
	"tidelock/proxy/counter"
	"tidelock/proxy/stream"
	"tidelock/proxy/violation"
)

// newIdentity returns what names a section, with its counters.
func (b *builder) newIdentity(section *config.Proxy) *stream.Proxy {
	identity := &stream.Proxy{
		Name: section.Name, ID: section.ID, Process: b.Process,
		ClientTimeout: section.Timeouts.Client, ServerTimeout: section.Timeouts.Server, TunnelTimeout: section.Timeouts.Tunnel,
		VariableLimits: b.config.Global.VariableLimits, LoggedLine: b.config.Global.LoggedLine,
		Refused: new(violation.Last), Violations: &b.violations,
		DefaultBackend: section.DefaultBackend.Text, Stopping: &b.stopping, Directory: directory{b},
	}
	if section.Mode == config.ModeHTTP {
		identity.Mode = stream.ModeHTTP
	}
	if section.Kind.HasFrontend() {
		identity.FrontendCounters = newRow(identity, counter.Frontend, "FRONTEND", 0)
		b.rows[section] = append(b.rows[section], identity.FrontendCounters)
	}
	if section.Kind.HasBackend() {
		identity.BackendCounters = newRow(identity, counter.Backend, "BACKEND", 0)
	}
	return identity
}

func newRow(p *stream.Proxy, kind counter.Kind, name string, id int) *counter.Row {
	return &counter.Row{Identity: counter.Identity{
		Kind: kind, Proxy: p.Name, ProxyID: p.ID, Name: name, ID: id, HTTP: p.Mode == stream.ModeHTTP,
	}}
}

// newListener returns what names a bind line.
func newListener(p *stream.Proxy, bind config.Bind, id int, address net.Addr) *stream.Listener {
	l := &stream.Listener{Name: bind.Name, ID: id, TLS: bind.TLS.Enabled}
	l.Counters = newRow(p, counter.Listener, bindingName(bind, id), id)
	shown := "unix"
	if bind.Address.Network != "unix" {
		shown = address.String()
	}
	l.Counters.State = func(s *counter.State) {
		s.Status = "OPEN"
		s.Limit = counter.Known{Ok: true}
		s.Address = shown
	}
	return l
}

// Rows returns the counters of all proxies in the order of the configuration, those of one proxy in the order of "show
// stat": the frontend's, its listeners', the servers' and the backend's.
func (p *Proxy) Rows() []*counter.Row {
	var all []*counter.Row
	for _, section := range p.config.Proxies {
		all = append(all, p.rows[section]...)
		if b := p.backends[section.Name]; b != nil && section.Kind.HasBackend() {
			all = append(all, b.Rows()...)
		}
	}
	return all
}
