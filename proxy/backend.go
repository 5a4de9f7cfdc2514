package proxy

import (
	"cmp"
	"net"
	"net/netip"
	"strconv"
	"strings"

	"tidelock/proxy/acl"
	"tidelock/proxy/config"
	"tidelock/proxy/counter"
	"tidelock/proxy/logformat"
	"tidelock/proxy/sample"
	"tidelock/proxy/server"
	"tidelock/proxy/stream"
)

// buildBackend connects the servers of a backend or listen section.
func (b *builder) buildBackend(section *config.Proxy) *server.Backend {
	backend := &server.Backend{
		Proxy:   b.identities[section],
		Retries: section.Retries,
		// Either closes the server's side; what the client's does is the frontend's matter.
		ServerClose: section.Connection != config.KeepAlive,
		Timeouts: server.Timeouts{
			Connect: section.Timeouts.Connect, Server: section.Timeouts.Server, Tunnel: section.Timeouts.Tunnel,
		},
	}
	backup := true // whether only backup servers can take traffic
	for _, s := range section.Servers {
		backup = backup && (s.Backup || s.Disabled)
	}
	for i, s := range section.Servers {
		// Without health checks every server is up, and backups have nothing to do beside others.
		if s.Disabled || s.Backup != backup {
			continue
		}
		if built := b.buildServer(section, s, i+1); built != nil {
			backend.Servers = append(backend.Servers, built)
		}
		if backup {
			break // the first backup takes all, as without option allbackups
		}
	}
	rules := b.rulesOf(section)
	backend.ContentRules, backend.RequestRules = rules.content, rules.request
	backend.ResponseContentRules, backend.ResponseRules = rules.responseContent, rules.response
	backend.InspectDelay, backend.ResponseInspectDelay = section.InspectDelay, section.ResponseInspectDelay
	backend.BufferRequest = section.HTTPBufferRequest
	backend.AfterResponseRules = rules.afterResponse
	backend.Prefer = preferred(backend, rules.preferences)
	backend.Prepare()
	return backend
}

func (b *builder) buildServer(section *config.Proxy, s config.Server, id int) *server.Server {
	built := &server.Server{Server: stream.Server{Name: s.Name, ID: id}, Weight: s.Weight}
	built.Counters = newRow(b.identities[section], counter.Server, s.Name, id)
	if s.Address.Network == "unix" {
		built.Network, built.Address = "unix", s.Address.Path
		return built
	}
	where := "'server " + section.Name + "/" + s.Name + "'"
	if s.Address.Port == 0 {
		b.diags.Alertf(s.At, "%s : an address without a port is not supported yet by this version.", where)
		return nil
	}
	host, err := b.resolve(s.Address)
	if err != nil {
		b.diags.Alertf(s.At, "%s : could not resolve address '%s'.", where, s.Address.Host)
		return nil
	}
	built.Network, built.Address = "tcp", net.JoinHostPort(host, strconv.Itoa(s.Address.Port))
	return built
}

// resolve returns the address that a name has now, as HAProxy does at its start: names are not asked for again.
func (b *builder) resolve(a config.Address) (string, error) {
	if a.Host == "" {
		return "127.0.0.1", nil // what connecting to 0.0.0.0 amounts to
	}
	if address, err := netip.ParseAddr(a.Host); err == nil {
		return address.String(), nil
	}
	network := map[string]string{"tcp4": "ip4", "tcp6": "ip6"}[a.Network]
	addresses, err := net.DefaultResolver.LookupNetIP(b.ctx, cmp.Or(network, "ip"), a.Host)
	if err != nil {
		return "", err
	}
	return addresses[0].Unmap().String(), nil
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
			if rule.format, err = b.compileFormat(config.Format(use.Backend), phaseOf(section)); err != nil {
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
