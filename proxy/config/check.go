package config

import (
	"strings"

	"tidelock/proxy/config/syntax"
)

// check looks at what only the whole configuration shows: references between sections, and what is missing. It does not
// speak of the latter where it may only be missing because its statement is wrong.
func (p *parser) check() {
	complete := !p.diags.Has(syntax.Alert)
	for _, proxy := range p.Proxies {
		if proxy.Disabled {
			continue
		}
		p.checkReferences(proxy)
		p.checkServers(proxy.Kind, proxy.Name, proxy.Servers)
		p.numberServers(proxy)
		p.checkTracking(proxy)
		p.checkExternal(proxy)
		p.checkSteps(proxy)
		p.checkAgents(proxy)
		p.checkResolvers(proxy)
		p.checkModes(proxy)
		p.checkDirect(proxy)
		p.checkStats(proxy)
		if complete {
			p.checkMissing(proxy)
		}
	}
	if complete {
		p.checkUnused()
	}
}

// checkUnused warns of sections that nothing uses, and of mails that nobody would get.
func (p *parser) checkUnused() {
	for _, r := range p.Configuration.Resolvers {
		if len(r.Nameservers) == 0 {
			p.diags.Warnf(r.At, "resolvers '%s' [%s] has no nameservers configured!", r.Name, r.At)
		}
	}
	mailed := map[string]bool{}
	for _, proxy := range p.Proxies {
		e := &proxy.EmailAlert
		switch {
		case e.Complete():
			mailed[e.Mailers] = true
			if named(p.Configuration.Mailers, e.Mailers, func(m *Mailers) string { return m.Name }) < 0 {
				p.diags.Alertf(syntax.Position{}, "Proxy '%s': unable to find mailers '%s'.", proxy.Name, e.Mailers)
			}
		case *e != EmailAlert{}:
			kind := proxy.Kind.String()
			if proxy.Kind == Listen {
				kind = "proxy"
			}
			p.diags.Warnf(syntax.Position{}, "'email-alert' will be ignored for %s '%s' (the presence any of 'email-alert from', "+
				"'email-alert level' 'email-alert mailers', 'email-alert myhostname', or 'email-alert to' requires each of "+
				"'email-alert from', 'email-alert mailers' and 'email-alert to' to be present).", kind, proxy.Name)
		}
	}
	for _, m := range p.Configuration.Mailers {
		if mailed[m.Name] {
			continue
		}
		p.diags.Warnf(syntax.Position{}, "Removing incomplete section 'mailers %s'.", m.Name)
	}
}

// checkReferences looks up the backends that a proxy names. A name with a '%' is a format: it is looked up for each request.
func (p *parser) checkReferences(proxy *Proxy) {
	for _, use := range proxy.UseBackends {
		if !strings.Contains(use.Backend.Text, "%") {
			p.checkBackend(proxy, use.Backend, "use_backend", "in a 'use_backend' rule")
		}
	}
	if proxy.Kind.HasFrontend() && proxy.DefaultBackend.Text != "" {
		p.checkBackend(proxy, proxy.DefaultBackend, "default_backend", "as its default backend")
	}
}

func (p *parser) checkBackend(proxy *Proxy, name Name, keyword, how string) {
	backend := p.Proxy(name.Text, Kind.HasBackend)
	switch {
	case backend == nil:
		p.diags.Alertf(name.At, "Proxy '%s': unable to find required %s: '%s'.", proxy.Name, keyword, name.Text)
	case backend.Mode != proxy.Mode && proxy.Mode == ModeHTTP:
		p.diags.Alertf(name.At, "%s %s '%s' (%s) tries to use incompatible %s %s '%s' (%s) %s (see 'mode').",
			proxy.Mode, proxy.Kind, proxy.Name, proxy.At, backend.Mode, backend.Kind, backend.Name, backend.At, how)
	}
}

func (p *parser) checkServers(kind Kind, section string, servers []Server) {
	first := map[string]Server{}
	for _, server := range servers {
		if same, found := first[server.Name]; found {
			p.diags.Alertf(server.At, "%s '%s', another server named '%s' was already defined at line %d, please use distinct names.",
				kind, section, server.Name, same.At.Line)
			continue
		}
		first[server.Name] = server
	}
}

// checkMissing warns of frontends that nothing can reach, and of the timeouts without which a peer that falls silent
// holds its connection for ever.
func (p *parser) checkMissing(proxy *Proxy) {
	t := proxy.Timeouts
	if proxy.Kind == Frontend && len(proxy.Binds) == 0 {
		p.diags.Warnf(proxy.At, "frontend '%s' has no 'bind' directive. Please declare it as a backend if this was intended.", proxy.Name)
	}
	if proxy.Kind.HasFrontend() && t.Client == 0 ||
		proxy.Kind.HasBackend() && (t.Connect == 0 || t.Server == 0) && len(proxy.Servers) > 0 {
		p.missingTimeouts(proxy.At, proxy.Kind, proxy.Name)
	}
}

func (p *parser) missingTimeouts(at syntax.Position, kind Kind, name string) {
	p.diags.Warnf(at, "missing timeouts for %s '%s'.\n"+
		"   | While not properly invalid, you will certainly encounter various problems\n"+
		"   | with such a configuration. To fix this, please ensure that all following\n"+
		"   | timeouts are set to a non-zero value: 'client', 'connect', 'server'.", kind, name)
}
