package proxy

import (
	"cmp"
	"context"
	"errors"
	"net"
	"slices"
	"strconv"
	"strings"

	"tidelock/proxy/command"
	"tidelock/proxy/config"
	"tidelock/proxy/config/syntax"
	"tidelock/proxy/runtime"
	"tidelock/proxy/socket"
)

// runtimeAPI is the runtime API of one proxy: what can be asked, and where.
type runtimeAPI struct {
	runtime.Server
	servers   command.Servers
	bindings  []*binding
	listeners []net.Listener // one for each of bindings once they are open
}

// buildRuntime registers the commands. Scripts add theirs while they are loaded.
func (b *builder) buildRuntime() {
	stats := &b.config.Global.Stats
	b.runtime.Timeout, b.runtime.MaxConn = stats.Timeout, stats.MaxConn
	b.runtime.Registry = runtime.NewRegistry()
	process := &command.Process{Version: b.options.Version}
	addresses := make([]string, len(stats.Sockets))
	for i, s := range stats.Sockets {
		if prepared := b.buildBinding(s, socket.Connection{}); prepared != nil {
			b.runtime.bindings = append(b.runtime.bindings, prepared)
		}
		addresses[i] = socketAddress(s.Address)
		level := socketLevel(s)
		process.Sockets = append(process.Sockets, command.Socket{Address: addresses[i], Level: level})
	}
	if len(addresses) > 0 && b.config.Environment != nil {
		b.config.Environment.Set("HAPROXY_CLI", strings.Join(addresses, ";"))
	}
	if b.config.Environment != nil {
		process.Environment = b.config.Environment.Environ()
	}
	statistics := &command.Statistics{Rows: b.Rows, Process: b.Process}
	frontends := &command.Frontends{List: b.frontendsOf, SetMaxconn: b.setMaxconn, Sessions: b.runtime.Visitors, Servers: &b.runtime.servers}
	commands := slices.Concat(process.Commands(), statistics.Commands(), b.runtime.servers.Commands(), frontends.Commands(),
		command.Tables(b.tables), command.Patterns(b.patterns), command.Caches(b.caches),
		command.Errors(&b.violations, b.offenders), command.Variables(b.setVariableNow), command.ShowResolvers(b.resolversOf),
		command.Certificates(b.tlsFiles), command.Inspection(b.Process, b.startupLogs), command.Events(b.logs.sinks),
		b.rateLimits())
	if b.options.SendSockets != nil {
		commands = append(commands, runtime.ListeningSockets(b.options.SendSockets))
	}
	if err := b.runtime.Registry.Add(commands...); err != nil {
		b.diags.Alertf(syntax.Position{}, "runtime API: %s.", err)
	}
}

// rateLimits returns the commands that change how fast things may happen in the process.
func (b *builder) rateLimits() []runtime.Command {
	return command.RateLimits(map[string]func(int){
		"connections":      b.paces.Connections.SetLimit,
		"sessions":         b.paces.Sessions.SetLimit,
		"ssl-sessions":     b.paces.TLS.SetLimit,
		"http-compression": func(kilobytes int) { b.compression.Rate.Store(uint64(kilobytes) << 10) },
	})
}

// startupLogs returns what the configuration was found to have, as it was printed when the process started.
func (b *builder) startupLogs() string {
	var text strings.Builder
	b.diags.Print(&text, syntax.Notice)
	return text.String()
}

// offenders tells the command about refused messages which proxies there are.
func (b *builder) offenders() (all []command.Offender) {
	for _, section := range b.config.Proxies {
		if p := b.identities[section]; p != nil {
			all = append(all, command.Offender{Name: p.Name, ID: p.ID, Last: p.Refused})
		}
	}
	return all
}

// serversOf tells the commands about servers what there is. All backends are built.
func (b *builder) serversOf() []command.Backend {
	var all []command.Backend
	for _, section := range b.config.Proxies {
		backend := b.backends[section.Name]
		if !section.Kind.HasBackend() || backend == nil {
			continue
		}
		all = append(all, command.Backend{Backend: backend})
	}
	return all
}

// socketLevel returns what may be done on a socket of the runtime API.
func socketLevel(b config.Bind) runtime.Level {
	level, _ := runtime.ParseLevel(cmp.Or(b.Level, "operator"))
	return level
}

// socketAddress returns an address as tools know it that ask for the sockets of the runtime API.
func socketAddress(a config.Address) string {
	switch {
	case a.Network == "unix" && strings.HasPrefix(a.Path, "@"):
		return "abns@" + a.Path[1:]
	case a.Network == "unix" || a.Network == "fd":
		return a.String()
	case a.Network == "tcp6" || strings.Contains(a.Host, ":"):
		if a.Host == "" {
			a.Host = "::"
		}
		return "ipv6@[" + a.Host + "]:" + strconv.Itoa(a.Port)
	case a.Host == "":
		a.Host = "0.0.0.0"
	}
	return "ipv4@" + a.Host + ":" + strconv.Itoa(a.Port)
}

// openRuntime opens the sockets of the runtime API.
func (p *Proxy) openRuntime(ctx context.Context) error {
	var failed []error
	for _, s := range p.runtime.bindings {
		l, err := p.options.Listen(ctx, s.socket)
		if err != nil {
			failed = append(failed, bindError(s, "GLOBAL", err))
			continue
		}
		p.runtime.listeners = append(p.runtime.listeners, l)
	}
	return errors.Join(failed...)
}

// serveRuntime answers on the open sockets.
func (p *Proxy) serveRuntime() {
	for i, l := range p.runtime.listeners {
		s := p.runtime.bindings[i]
		p.serving.Go(func() {
			socket := runtime.Socket{ID: i + 1, Level: socketLevel(s.Bind), Severities: cmp.Or(s.Severity, "none"), ExposesListeners: s.ExposesListeners}
			if err := p.runtime.Serve(l, socket); err != nil {
				p.options.Errors.Error("runtime API failed", "address", socketAddress(s.Address), "error", err)
			}
		})
	}
}

// ServeCommands carries a session of the runtime API on a connection that another process passed on, with the rights that it
// says.
func (p *Proxy) ServeCommands(c net.Conn, level runtime.Level, mode runtime.Mode) {
	p.runtime.ServeConn(c, runtime.Socket{Level: level, Mode: mode, Severities: "none"})
}

// Commands returns the words of the runtime API's commands, in order.
func (p *Proxy) Commands() []string { return p.runtime.Registry.Names() }
