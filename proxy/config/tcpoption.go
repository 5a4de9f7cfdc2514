package config

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"tidelock/proxy/config/syntax"
)

// Probes are what clitcpka-... and srvtcpka-... say of TCP's keep-alive probes. Zero is the system's.
type Probes struct {
	Count          int // without an answer, before the connection is given up
	Idle, Interval time.Duration
}

// probeKeywords are the rows of one side's probes.
func probeKeywords(side string, in sections, probes func(*Settings) *Probes) []keyword {
	return []keyword{
		{side + "tcpka-cnt", in, func(p *parser, s syntax.Statement) { p.number(s, 0, s.Keyword(), &probes(&p.proxy.Settings).Count) }, Supported},
		{side + "tcpka-idle", in, func(p *parser, s syntax.Statement) { p.seconds(s, &probes(&p.proxy.Settings).Idle) }, Supported},
		{side + "tcpka-intvl", in, func(p *parser, s syntax.Statement) { p.seconds(s, &probes(&p.proxy.Settings).Interval) }, Supported},
	}
}

// number reads an argument that is a number, and nothing but one. What is below 0 counts as 0.
func (p *parser) number(s syntax.Statement, argument int, what string, into *int) {
	text := s.Argument(argument)
	if text == "" {
		p.failf(s, "'%s' expects an integer value", what)
		return
	}
	for i, c := range text {
		if (c < '0' || '9' < c) && (i > 0 || c != '-') {
			p.failf(s, "'%s' : unexpected character '%c' in integer value '%s'", what, c, text)
			return
		}
	}
	*into = max(leading(text), 0)
}

// seconds reads a time in seconds, unless it says otherwise.
func (p *parser) seconds(s syntax.Statement, into *time.Duration) {
	if s.Argument(0) == "" {
		p.failf(s, "'%s' expects an integer value", s.Keyword())
		return
	}
	d, err := syntax.ParseTime(s.Argument(0), time.Second)
	if err != nil {
		p.failf(s, "%s in argument to <%s>.", err, s.Keyword())
		return
	}
	*into = d
}

// rate-limit sessions <rate>
func parseRateLimit(p *parser, s syntax.Statement) {
	switch s.Argument(0) {
	case "sessions":
	default:
		p.failf(s, "'rate-limit' only supports 'sessions' (got '%s')", s.Argument(0))
		return
	}
	if s.Argument(1) == "" {
		p.failf(s, "'rate-limit sessions' expects expects an integer value (in sessions/second)")
		return
	}
	p.number(s, 1, "rate-limit sessions", &p.proxy.SessionRate)
}

// Source is where connections to servers come from. No Network is any address.
type Source struct {
	Address
	Ports     int // a range of so many, from the address's port on
	Interface string
}

// source <addr>[:<port>] [interface <name>]
func parseSource(p *parser, s syntax.Statement) {
	if s.Argument(0) == "" {
		p.failf(s, "'source' expects <addr>[:<port>], and optionally 'usesrc' <addr>, and 'interface' <name>.")
		return
	}
	addresses, err := parseAddress(s.Argument(0), portPolicy{})
	if err != nil {
		p.failf(s, "'source %s' : %s", s.Argument(0), err)
		return
	}
	source := Source{Address: addresses[0]}
	for i := 1; i < len(s.Words)-1; i += 2 {
		switch s.Argument(i) {
		case "usesrc":
			p.failf(s, "'usesrc' is not supported yet by this version.")
			return
		case "interface":
			if source.Interface = s.Argument(i + 1); source.Interface == "" {
				p.failf(s, "'source' : missing interface name.")
				return
			}
		default:
			p.failf(s, "'source' only supports optional keywords 'interface' and 'usesrc'.")
			return
		}
	}
	p.proxy.Source = source
}

// source <addr>[:<port>[-<port>]]
func parseServerSource(r *serverReader, value string) error {
	if value == "" {
		return errors.New("'source' expects <addr>[:<port>[-<port>]], and optionally 'usesrc' <addr>, and 'interface' <name> as argument.")
	}
	addresses, err := parseAddress(value, portPolicy{ranges: true})
	if err != nil {
		return fmt.Errorf("'source %s' : %w.", value, err)
	}
	r.server.Source.Address, r.server.Source.Ports = addresses[0], len(addresses)
	return nil
}

// socks4 <address>:<port>
func parseSOCKS4(r *serverReader, value string) error {
	if value == "" {
		return errors.New("'socks4' expects <addr>:<port> as argument.")
	}
	addresses, err := parseAddress(value, portPolicy{mandatory: true})
	if err != nil {
		return fmt.Errorf("'socks4 %s' : %w.", value, err)
	}
	r.server.SOCKS4 = addresses[0]
	return nil
}

// interface <name>
func parseServerInterface(r *serverReader, value string) error {
	if value == "" {
		return errors.New("'server' : missing interface name.")
	}
	r.server.Source.Interface = value
	return nil
}

// tcp-ut <delay>
func parseUserTimeout(r *serverReader, value string) error {
	if value == "" {
		return errors.New("'tcp-ut' : missing TCP User Timeout value.")
	}
	d, err := syntax.ParseTime(value, time.Millisecond)
	if err != nil || strings.HasPrefix(value, "-") {
		return errors.New("'tcp-ut' : expects a positive delay in milliseconds.")
	}
	r.server.UserTimeout = d
	return nil
}
