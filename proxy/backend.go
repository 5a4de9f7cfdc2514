package proxy

import (
	"strings"

	"tidelock/proxy/acl"
	"tidelock/proxy/config"
	"tidelock/proxy/logformat"
	"tidelock/proxy/sample"
	"tidelock/proxy/server"
	"tidelock/proxy/stream"
)

// buildBackend connects the servers of a backend or listen section.
func (b *builder) buildBackend(section *config.Proxy) *server.Backend {
	backend := &server.Backend{
		Proxy:                 b.identities[section],
		AllBackups:            section.AllBackups,
		FullConn:              b.fullConn(section),
		Retry:                 retry(section),
		Connection:            server.ConnectionMode(section.Connection),
		Reuse:                 server.Reuse(section.Reuse),
		PretendKeepalive:      section.HTTPPretendKeepalive,
		AbortOnClose:          section.AbortOnClose,
		CheckCache:            section.CheckCache,
		ServerNameHeader:      strings.ToLower(section.ServerNameHeader),
		AcceptInvalidResponse: section.AcceptInvalidHTTPResponse,
		NoLinger:              section.NoLinger,
		HeaderCase:            b.headerCase(section.H1CaseAdjustBogusServer),
		Timeouts: server.Timeouts{
			Connect: section.Timeouts.Connect, Queue: section.Timeouts.Queue, Server: section.Timeouts.Server,
			Tunnel: section.Timeouts.Tunnel, Fin: section.Timeouts.ServerFin,
		},
		Initial: b.buildServers(section),
		Report:  b.reporter(section),
		Trace:   b.checkTrace(section),
		Changes: &b.changes,
	}
	backend.Proxy.Farm = backend
	backend.Direct = b.buildDirect(section)
	b.balance(backend, section)
	rules := b.rulesOf(section)
	backend.ContentRules, backend.RequestRules = rules.content, rules.request
	backend.ResponseContentRules, backend.ResponseRules = rules.responseContent, rules.response
	backend.InspectDelay, backend.ResponseInspectDelay = section.InspectDelay, section.ResponseInspectDelay
	backend.BufferRequest = section.HTTPBufferRequest || section.Balance.CheckPost
	backend.AfterResponseRules = rules.afterResponse
	if section.Kind == config.Backend { // a listen section's are those of its frontend
		backend.Filters = b.filtersOf(section)
	}
	b.persist(backend, section, rules)
	backend.Prefer = preferred(backend, rules.preferences)
	rules.stick.install(backend)
	b.watchNames(section, backend)
	backend.Prepare()
	backend.SetDynamicCookie(func(d *server.DynamicCookie) {
		*d = server.DynamicCookie{Enabled: section.Cookie.Dynamic, Key: section.DynamicCookieKey}
	})
	return backend
}

// headerCase returns how header names are spelt for peers that need it, nil for others.
func (b *builder) headerCase(bogus bool) map[string]string {
	if !bogus {
		return nil
	}
	return b.config.Global.HeaderCase
}

// switchRule is a compiled use_backend.
type switchRule struct {
	condition *acl.Condition
	backend   *server.Backend
	format    *logformat.Format // names the backend when it is not fixed
}

// chooseBackend compiles the use_backend rules and the default of a frontend or listen section.
func (b *builder) chooseBackend(section *config.Proxy, compiled *rules) func(*stream.Stream) *server.Backend {
	var switches []switchRule
	for _, use := range section.UseBackends {
		rule := switchRule{backend: b.backends[use.Backend.Text]}
		var err error
		if strings.Contains(use.Backend.Text, "%") {
			if rule.format, err = b.compileFormat(section, config.Format(use.Backend), phaseOf(section)); err != nil {
				b.diags.Alertf(use.Backend.At, "failed to parse use_backend rule '%s' : %s", use.Backend.Text, sentence(err))
				continue
			}
		}
		if rule.condition, err = b.compileCondition(compiled.acls, section, use); err != nil {
			b.diags.Alertf(use.Backend.At, "error detected while parsing switching rule : %s", sentence(err))
			continue
		}
		switches = append(switches, rule)
	}
	fallback := b.backends[section.DefaultBackend.Text]
	if fallback == nil {
		fallback = b.backends[section.Name] // a listen section's own
		if section.Kind == config.Frontend {
			fallback = nil
		}
	}
	if len(switches) == 0 {
		return func(*stream.Stream) *server.Backend { return fallback }
	}
	phase := phaseOf(section)
	backends := b.backends
	return func(s *stream.Stream) *server.Backend {
		c := sample.Acquire(s, phase)
		defer c.Release()
		for i := range switches {
			rule := &switches[i]
			if !rule.condition.Holds(c) {
				continue
			}
			if rule.format == nil {
				return rule.backend
			}
			// A name that no backend has leaves the choice to the default, as in HAProxy.
			if named := backends[string(rule.format.Append(nil, c))]; named != nil {
				return named
			}
			return fallback
		}
		return fallback
	}
}

// phaseOf returns the phase in which a section's backend is chosen.
func phaseOf(section *config.Proxy) sample.Phase {
	if section.Mode == config.ModeHTTP {
		return sample.HTTPRequest
	}
	return sample.TCPRequest
}
