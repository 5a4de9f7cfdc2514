package config

import (
	"net/netip"
	"slices"

	"tidelock/proxy/config/syntax"
	"tidelock/proxy/nearest"
)

// option is one row of the options. On is false for "no option" and for "default option" of what is off by default.
type option struct {
	name  string
	in    sections
	parse func(p *parser, s syntax.Statement, on bool)
}

// optionFlag makes the parser of an option without arguments.
func optionFlag(set func(*Settings, bool)) func(*parser, syntax.Statement, bool) {
	return func(p *parser, s syntax.Statement, on bool) {
		if len(s.Words) > 2 {
			p.failf(s, "'option %s' cannot handle unexpected argument '%s'.", s.Argument(0), s.Argument(1))
			return
		}
		set(&p.proxy.Settings, on)
	}
}

// connection makes the parser of the options that choose how connections live on; the last one wins.
func connection(c Connection) func(*parser, syntax.Statement, bool) {
	return optionFlag(func(settings *Settings, on bool) {
		switch {
		case on:
			settings.Connection = c
		case settings.Connection == c:
			settings.Connection = KeepAlive
		}
	})
}

// options is the registry of "option".
var options = slices.Concat([]option{
	{"dontlognull", inFrontSide, optionFlag(func(s *Settings, on bool) { s.DontLogNull = on })},
	{"dontlog-normal", inFrontSide, optionFlag(func(s *Settings, on bool) { s.DontLogNormal = on })},
	{"forwardfor", inProxies, parseForwardFor},
	{"http-keep-alive", inProxies, connection(KeepAlive)},
	{"http-server-close", inProxies, connection(ServerClose)},
	{"httpclose", inProxies, connection(Close)},
	{"httplog", inFrontSide, parseHTTPLog},
	{"tcplog", inProxies, optionFlag(func(s *Settings, on bool) { s.TCPLog = on })},
},
	// Hints, statistics and mechanisms whose absence changes nothing but timing.
	optionRows(inFrontSide, acceptOption, "clitcpka", "contstats", "disable-h2-upgrade", "http-ignore-probes", "idle-close-on-response",
		"socket-stats", "tcp-smart-accept"),
	optionRows(inProxies, acceptOption, "http-no-delay", "independent-streams", "splice-auto", "splice-request", "splice-response", "tcpka"),
	optionRows(inBackSide, acceptOption, "http-pretend-keepalive", "log-health-checks", "prefer-last-server", "redispatch", "srvtcpka",
		"tcp-smart-connect"),
	optionRows(inBackSide, ignoreOption, "external-check", "httpchk", "ldap-check", "mysql-check", "pgsql-check", "redis-check", "smtpchk",
		"spop-check", "ssl-hello-chk", "tcp-check"),
	optionRows(inFrontSide, refuseOption, "accept-invalid-http-request", "h1-case-adjust-bogus-client", "http-use-proxy-header", "httpslog",
		"log-separate-errors", "logasap"),
	optionRows(inBackSide, refuseOption, "abortonclose", "accept-invalid-http-response", "allbackups", "checkcache",
		"h1-case-adjust-bogus-server", "persist", "transparent"),
	optionRows(inProxies, refuseOption, "http-buffer-request", "http-restrict-req-hdr-names", "nolinger", "originalto"),
)

func optionRows(in sections, parse func(*parser, syntax.Statement, bool), names ...string) []option {
	table := make([]option, len(names))
	for i, name := range names {
		table[i] = option{name, in, parse}
	}
	return table
}

func acceptOption(*parser, syntax.Statement, bool) {}

// refuseOption lets "no option" pass: what is not there is off.
func refuseOption(p *parser, s syntax.Statement, on bool) {
	if on {
		p.failf(s, "'option %s' is not supported yet by this version.", s.Argument(0))
	}
}

func ignoreOption(p *parser, s syntax.Statement, on bool) {
	if on {
		p.warnf(s, "'option %s' is not supported yet by this version and has no effect.", s.Argument(0))
	}
}

// [no|default] option <name> [<argument>...]
func parseOption(p *parser, s syntax.Statement) {
	name := s.Argument(0)
	if name == "" {
		p.failf(s, "'option' expects an option name.")
		return
	}
	i := slices.IndexFunc(options, func(o option) bool { return o.name == name })
	kind := sectionKinds[p.section.Header.Keyword()]
	switch {
	case i < 0 && s.Negation != "":
		p.failf(s, "negation/default is not supported for option '%s'.", name)
	case i < 0:
		var candidates []string
		for _, o := range options {
			candidates = append(candidates, o.name)
		}
		suggestion := nearest.Suggestion(name, slices.Values(candidates))
		if suggestion == "" {
			suggestion = "."
		}
		p.failf(s, "unknown option '%s'%s", name, suggestion)
	case kind != inDefaults && options[i].in&kind == 0:
		p.misplaced(s, "option "+name, options[i].in, kind)
	default:
		options[i].parse(p, s, s.Negation == "")
	}
}

// option httplog [clf]
func parseHTTPLog(p *parser, s syntax.Statement, on bool) {
	clf := s.Argument(1) == "clf"
	if s.Argument(1) != "" && !clf || len(s.Words) > 3 {
		p.failf(s, "keyword 'httplog' only supports option 'clf'.")
		return
	}
	p.proxy.HTTPLog, p.proxy.CLFLog = on, on && clf
}

// option forwardfor [except <network>] [header <name>] [if-none]
func parseForwardFor(p *parser, s syntax.Statement, on bool) {
	result := ForwardFor{Enabled: on, Header: "x-forwarded-for"}
	for i := 1; i < len(s.Words)-1; i++ {
		switch s.Argument(i) {
		case "except":
			i++
			prefix, err := parsePrefix(s.Argument(i))
			if err != nil {
				p.failf(s, "'option forwardfor' : 'except' expects <address>[/mask] as argument, but got '%s'.", s.Argument(i))
				return
			}
			result.Except = prefix
		case "header":
			i++
			if result.Header = s.Argument(i); result.Header == "" {
				p.failf(s, "'option forwardfor' : 'header' expects <header_name> as argument.")
				return
			}
		case "if-none":
			result.IfNone = true
		default:
			p.failf(s, "'option forwardfor' only supports optional values: 'except', 'header' and 'if-none'.")
			return
		}
	}
	p.proxy.ForwardFor = result
}

// parsePrefix reads a network, or one address.
func parsePrefix(text string) (netip.Prefix, error) {
	if prefix, err := netip.ParsePrefix(text); err == nil {
		return prefix.Masked(), nil
	}
	address, err := netip.ParseAddr(text)
	if err != nil {
		return netip.Prefix{}, err
	}
	return address.Prefix(address.BitLen())
}
