package config

import (
	"slices"
	"time"

	"tidelock/proxy/config/syntax"
)

// Server is one server of a backend.
type Server struct {
	ServerParameters
	Name    string
	Address Address // Port 0 means the port that the client connected to
	At      syntax.Position
}

// ServerParameters are what default-server can hand down.
type ServerParameters struct {
	Weight   int
	Backup   bool
	Disabled bool
	Check    bool
}

// serverFlags are the parameters of server without a value.
var serverFlags = map[string]func(*ServerParameters){
	"backup": func(q *ServerParameters) { q.Backup = true }, "no-backup": func(q *ServerParameters) { q.Backup = false },
	"disabled": func(q *ServerParameters) { q.Disabled = true }, "enabled": func(q *ServerParameters) { q.Disabled = false },
	"check": func(q *ServerParameters) { q.Check = true }, "no-check": func(q *ServerParameters) { q.Check = false },
	"tfo": func(*ServerParameters) {}, // a hint to the kernel
}

// serverTimes are the times of health checks.
var serverTimes = []string{"downinter", "fastinter", "inter", "slowstart"}

// serverNumbers are the parameters of server with a number. Those without a place to go tune health checks or pools.
var serverNumbers = map[string]func(*ServerParameters, int){
	"weight": func(q *ServerParameters, n int) { q.Weight = n },
	"fall":   nil, "rise": nil, "port": nil, "id": nil, "maxconn": nil, "minconn": nil, "maxqueue": nil, "pool-max-conn": nil, "pool-low-conn": nil,
}

// serverRefused are parameters without which the traffic would not be what the configuration asks for.
var serverRefused = []string{
	"addr", "agent-addr", "agent-check", "agent-inter", "agent-port", "agent-send", "allow-0rtt", "alpn", "ca-file", "check-alpn",
	"check-proto", "check-send-proxy", "check-sni", "check-ssl", "check-via-socks4", "ciphers", "ciphersuites", "cookie", "crl-file",
	"crt", "error-limit", "init-addr", "log-proto", "namespace", "no-ssl", "no-verifyhost", "observe", "on-error", "on-marked-down",
	"on-marked-up", "pool-purge-delay", "proto", "proxy-v2-options", "redir", "resolve-net", "resolve-opts", "resolve-prefer", "resolvers",
	"send-proxy", "send-proxy-v2", "send-proxy-v2-ssl", "send-proxy-v2-ssl-cn", "sni", "socks4", "source", "ssl", "ssl-max-ver",
	"ssl-min-ver", "stick", "tcp-ut", "track", "usesrc", "verify", "verifyhost", "ws",
}

// server <name> <address>[:<port>] [<parameter>...]
func parseServer(p *parser, s syntax.Statement) {
	if server, ok := p.server(s, p.proxy.Name, p.proxy.DefaultServer); ok {
		p.proxy.Servers = append(p.proxy.Servers, server)
	}
}

// server reads the server line of a section with that name.
func (p *parser) server(s syntax.Statement, section string, defaults ServerParameters) (Server, bool) {
	if len(s.Words) < 3 {
		p.failf(s, "'server' expects <name> and <addr>[:<port>] as arguments.")
		return Server{}, false
	}
	name := s.Argument(0)
	if c := invalidNameByte(name); c != 0 {
		p.failf(s, "character '%c' is not permitted in server name '%s'.", c, name)
		return Server{}, false
	}
	where := "'server " + section + "/" + name + "'"
	addresses, err := parseAddress(s.Argument(1), portPolicy{})
	switch {
	case err != nil:
		p.failf(s, "%s : %s", where, err)
		return Server{}, false
	case addresses[0].Network == "fd":
		p.failf(s, "%s : a server cannot be an inherited socket: '%s'", where, s.Argument(1))
		return Server{}, false
	}
	server := Server{ServerParameters: defaults, Name: name, Address: addresses[0], At: s.At()}
	return server, p.serverParameters(s, 2, where, name, &server.ServerParameters)
}

// default-server <parameter>...
func parseDefaultServer(p *parser, s syntax.Statement) {
	p.serverParameters(s, 0, "'default-server'", "", &p.proxy.DefaultServer)
}

// serverParameters reads the parameters from argument i on. It reports whether all are valid.
func (p *parser) serverParameters(s syntax.Statement, i int, where, server string, into *ServerParameters) bool {
	for ; i < len(s.Words)-1; i++ {
		name := s.Argument(i)
		if flag, known := serverFlags[name]; known {
			flag(into)
			continue
		}
		set, isNumber := serverNumbers[name]
		isTime := slices.Contains(serverTimes, name)
		if !isNumber && !isTime {
			known := append(names(serverFlags, serverNumbers), serverTimes...)
			p.unknownParameter(s, s.Words[i+1], where+" ", serverRefused, known)
			return false
		}
		i++
		value := s.Argument(i)
		if isTime {
			if _, err := syntax.ParseTime(value, time.Millisecond); err != nil {
				p.failf(s, "%s : %s in '%s' argument of server %s.", where, err, name, server)
				return false
			}
			continue
		}
		n, ok := decimal(value)
		switch {
		case !ok:
			p.failf(s, "%s : '%s' expects an integer argument, but got '%s'.", where, name, value)
			return false
		case name == "weight" && n > 256:
			p.failf(s, "%s : weight of server %s is not within 0 and 256 (%d).", where, server, n)
			return false
		case name == "maxconn" && n > 0:
			p.warnf(s, "%s : 'maxconn' is not supported yet by this version and has no effect.", where)
		case set != nil:
			set(into, n)
		}
	}
	if into.Check {
		p.warnf(s, "%s : health checks are not supported yet by this version: the server counts as up.", where)
	}
	return true
}
