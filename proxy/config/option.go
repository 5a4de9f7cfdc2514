package config

import (
	"slices"

	"tidelock/proxy/config/syntax"
	"tidelock/proxy/nearest"
)

// Options are the options of a proxy that are on or off (manual, section 4.2, "option ...").
type Options struct {
	AbortOnClose              bool
	AcceptInvalidHTTPRequest  bool
	AcceptInvalidHTTPResponse bool
	AllBackups                bool
	CheckCache                bool
	ClientKeepalive           bool // clitcpka, tcpka
	ServerKeepalive           bool // srvtcpka, tcpka
	DisableH2Upgrade          bool
	DontLogNormal             bool
	DontLogNull               bool
	H1CaseAdjustBogusClient   bool
	H1CaseAdjustBogusServer   bool
	HTTPBufferRequest         bool
	HTTPIgnoreProbes          bool
	HTTPNoDelay               bool
	HTTPPretendKeepalive      bool
	HTTPUseProxyHeader        bool
	IdleCloseOnResponse       bool
	IndependentStreams        bool
	LogASAP                   bool
	LogHealthChecks           bool
	LogSeparateErrors         bool
	NoLinger                  bool
	Persist                   bool
	PreferLastServer          bool
	SocketStats               bool
	Transparent               bool
}

// switches are the options that "no" can stand before. They take no arguments.
var switches = slices.Concat([]keyword{
	{"abortonclose", inBackSide, onOff(func(s *Settings) *bool { return &s.AbortOnClose }), Supported},
	{"accept-invalid-http-request", inFrontSide, onOff(func(s *Settings) *bool { return &s.AcceptInvalidHTTPRequest }), Supported},
	{"accept-invalid-http-response", inBackSide, onOff(func(s *Settings) *bool { return &s.AcceptInvalidHTTPResponse }), Supported},
	{"allbackups", inBackSide, onOff(func(s *Settings) *bool { return &s.AllBackups }), Supported},
	{"checkcache", inBackSide, onOff(func(s *Settings) *bool { return &s.CheckCache }), Supported},
	{"clitcpka", inFrontSide, onOff(func(s *Settings) *bool { return &s.ClientKeepalive }), Supported},
	{"disable-h2-upgrade", inFrontSide, onOff(func(s *Settings) *bool { return &s.DisableH2Upgrade }), NoEffect},
	{"dontlog-normal", inFrontSide, onOff(func(s *Settings) *bool { return &s.DontLogNormal }), Supported},
	{"dontlognull", inFrontSide, onOff(func(s *Settings) *bool { return &s.DontLogNull }), Supported},
	{"h1-case-adjust-bogus-client", inFrontSide, onOff(func(s *Settings) *bool { return &s.H1CaseAdjustBogusClient }), Supported},
	{"h1-case-adjust-bogus-server", inBackSide, onOff(func(s *Settings) *bool { return &s.H1CaseAdjustBogusServer }), Supported},
	{"http-buffer-request", inProxies, onOff(func(s *Settings) *bool { return &s.HTTPBufferRequest }), Supported},
	{"http-ignore-probes", inFrontSide, onOff(func(s *Settings) *bool { return &s.HTTPIgnoreProbes }), Supported},
	{"http-keep-alive", inProxies, connection(KeepAlive), Supported},
	{"http-no-delay", inProxies, onOff(func(s *Settings) *bool { return &s.HTTPNoDelay }), NoEffect},
	{"http-pretend-keepalive", inBackSide, onOff(func(s *Settings) *bool { return &s.HTTPPretendKeepalive }), Supported},
	{"http-server-close", inProxies, connection(ServerClose), Supported},
	{"http-use-proxy-header", inFrontSide, onOff(func(s *Settings) *bool { return &s.HTTPUseProxyHeader }), NoEffect},
	{"httpclose", inProxies, connection(Close), Supported},
	{"idle-close-on-response", inFrontSide, onOff(func(s *Settings) *bool { return &s.IdleCloseOnResponse }), Supported},
	{"independent-streams", inProxies, onOff(func(s *Settings) *bool { return &s.IndependentStreams }), NoEffect},
	{"log-health-checks", inBackSide, onOff(func(s *Settings) *bool { return &s.LogHealthChecks }), Supported},
	{"log-separate-errors", inFrontSide, onOff(func(s *Settings) *bool { return &s.LogSeparateErrors }), Supported},
	{"logasap", inFrontSide, onOff(func(s *Settings) *bool { return &s.LogASAP }), Supported},
	{"nolinger", inProxies, onOff(func(s *Settings) *bool { return &s.NoLinger }), Supported},
	{"persist", inBackSide, onOff(func(s *Settings) *bool { return &s.Persist }), Supported},
	{"prefer-last-server", inBackSide, onOff(func(s *Settings) *bool { return &s.PreferLastServer }), NoEffect},
	{"redispatch", inBackSide, parseRedispatch, Supported},
	{"socket-stats", inFrontSide, onOff(func(s *Settings) *bool { return &s.SocketStats }), Supported},
	{"srvtcpka", inBackSide, onOff(func(s *Settings) *bool { return &s.ServerKeepalive }), Supported},
	{"transparent", inBackSide, onOff(func(s *Settings) *bool { return &s.Transparent }), Supported},
},
	// Hints, whose absence changes nothing but timing.
	hints(inFrontSide, "contstats", "tcp-smart-accept"),
	hints(inProxies, "splice-auto", "splice-request", "splice-response"),
	hints(inBackSide, "tcp-smart-connect"),
)

func hints(in sections, names ...string) []keyword {
	table := rows(in, NoEffect, names...)
	for i := range table {
		table[i].parse = func(p *parser, s syntax.Statement) { p.noArguments(s) }
	}
	return table
}

func isSwitch(name string) bool {
	return slices.ContainsFunc(switches, func(k keyword) bool { return k.name == name })
}

// options are the others.
var options = slices.Concat([]keyword{
	{"external-check", inProxies, parsePlainCheck, Supported},
	{"forwardfor", inProxies, parseForwardFor, Supported},
	{"http-restrict-req-hdr-names", inProxies, parseRestrictNames, Supported},
	{"httpchk", inBackSide, parseOptionHTTPCheck, Supported},
	{"httplog", inFrontSide, parseHTTPLog, Supported},
	{"httpslog", inFrontSide, func(p *parser, s syntax.Statement) { p.proxy.setLogStyle(LogStyleHTTPS, s.At()) }, Supported},
	{"ldap-check", inBackSide, parsePlainCheck, Supported},
	{"mysql-check", inBackSide, parseMySQLCheck, Supported},
	{"originalto", inProxies, parseOriginalTo, Supported},
	{"pgsql-check", inBackSide, parsePostgresCheck, Supported},
	{"redis-check", inBackSide, parsePlainCheck, Supported},
	{"smtpchk", inBackSide, parseSMTPCheck, Supported},
	{"ssl-hello-chk", inBackSide, parsePlainCheck, Supported},
	{"tcp-check", inBackSide, parseOptionTCPCheck, Supported},
	{"tcpka", inProxies, parseKeepalive, Supported},
	{"tcplog", inFrontSide, parseTCPLog, Supported},
},
	rows(inBackSide, Refused, "spop-check"),
)

// removedOptions were options of earlier versions, with what HAProxy says of them.
var removedOptions = map[string]string{
	"forceclose":  "not supported any more since HAProxy 2.0, please just remove it, or use 'option httpclose' if absolutely needed.",
	"http-tunnel": "not supported any more since HAProxy 2.1, please just remove it, it shouldn't be needed.",
	"http_proxy":  "not supported any more since HAProxy 2.5: use 'http-request set-dst' and 'http-request set-uri' instead.",
}

// onOff makes the parser of a switch.
func onOff(field func(*Settings) *bool) parseFunc {
	return func(p *parser, s syntax.Statement) {
		if p.noArguments(s) {
			*field(&p.proxy.Settings) = s.Negation == ""
		}
	}
}

// noArguments reports an argument after the name of the option, if there is one.
func (p *parser) noArguments(s syntax.Statement) bool {
	if len(s.Words) > 2 {
		p.failf(s, "'option %s' cannot handle unexpected argument '%s'.", s.Argument(0), s.Argument(1))
	}
	return len(s.Words) <= 2
}

// connection makes the parser of the switches that choose how connections live on; the last one wins.
func connection(c Connection) parseFunc {
	return func(p *parser, s syntax.Statement) {
		switch {
		case !p.noArguments(s):
		case s.Negation == "":
			p.proxy.Connection = c
		case p.proxy.Connection == c:
			p.proxy.Connection = KeepAlive
		}
	}
}

// [no|default] option <name> [<argument>...]
func parseOption(p *parser, s syntax.Statement) {
	name, on := s.Argument(0), s.Negation == ""
	table := switches
	if on {
		table = slices.Concat(switches, options)
	}
	i := slices.IndexFunc(table, func(k keyword) bool { return k.name == name })
	switch {
	case name == "":
		p.failf(s, "'option' expects an option name.")
	case i >= 0 && p.kind != inDefaults && table[i].in&p.kind == 0:
		p.misplaced(s, table[i])
	case i >= 0:
		if table[i].parse != nil {
			table[i].parse(p, s)
		}
		if on { // what does not work is off anyway
			p.tell(s, table[i].support, "'option "+name+"'")
		}
	case removedOptions[name] != "":
		p.failf(s, "option '%s' is %s", name, removedOptions[name])
	case !on:
		p.failTightly(s, "negation/default is not supported for option '%s'.", name)
	default:
		p.unknownOption(s, table)
	}
}

func (p *parser) unknownOption(s syntax.Statement, table []keyword) {
	var candidates []string
	for _, o := range table {
		candidates = append(candidates, o.name)
	}
	suggestion := nearest.Suggestion(s.Argument(0), slices.Values(candidates))
	if suggestion == "" {
		suggestion = "."
	}
	p.failf(s, "unknown option '%s'%s", s.Argument(0), suggestion)
}
