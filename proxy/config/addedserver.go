package config

import (
	"tidelock/proxy/config/syntax"
)

// configuredOnly are the parameters that servers cannot have that are added while traffic runs.
var configuredOnly = []string{
	"cookie", "init-addr", "log-proto", "max-reuse", "namespace", "no-agent-check", "no-check", "no-check-send-proxy", "no-check-ssl",
	"no-send-proxy-v2-ssl", "no-send-proxy-v2-ssl-cn", "no-ssl", "non-stick", "redir", "resolve-net", "resolve-opts",
	"resolve-prefer", "resolvers", "socks4", "ssl-reuse", "stick", "tcp-ut",
}

// AddedServer reads the words of the runtime API's "add server" behind the section's name: name, address and
// parameters. What default-server says does not count, as in HAProxy. It has no number unless the words give one.
func (c *Configuration) AddedServer(section *Proxy, words []string, diags *syntax.Diagnostics) (Server, bool) {
	s := syntax.Statement{Words: []syntax.Word{{Text: "server"}}}
	for _, word := range words {
		s.Words = append(s.Words, syntax.Word{Text: word})
	}
	p := &parser{
		Configuration: c, diags: diags, kind: inBackend, proxy: section, adding: true,
		section: syntax.Section{Header: syntax.Statement{Words: []syntax.Word{{Text: "backend"}, {Text: section.Name}}}},
	}
	added, ok := p.server(s, section.Name, defaultServerParameters())
	if !ok {
		return Server{}, false
	}
	if added.Track != "" {
		if reason := p.trackingError(section, &added); reason != "" {
			p.failf(s, "%s", reason)
			return Server{}, false
		}
	}
	if added.AgentCheck && added.AgentPort == 0 {
		p.failf(s, "server %s does not have agent port. Agent check has been disabled.", added.Name)
		return Server{}, false
	}
	return added, true
}
