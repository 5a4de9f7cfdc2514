package config

import (
	"cmp"
	"strings"
	"time"

	"tidelock/proxy/config/syntax"
	"tidelock/proxy/nearest"
)

// LogForward is one log-forward section: messages of syslog that are received and passed on (manual, section 3.10).
type LogForward struct {
	Name      string
	Binds     []Bind         // for connections
	Datagrams []DatagramBind // for datagrams
	Logs      []Log
	LogGlobal bool // those of the global section, too
	MaxConn   int
	Backlog   int           // 0 for the system's choice
	Timeout   time.Duration // for each message of a connection, 0 for none
	At        syntax.Position
}

// DatagramBind is one address that datagrams are received on.
type DatagramBind struct {
	Address Address
	Text    string
	BindSettings
	At syntax.Position
}

var logForwardKeywords = []keyword{
	{"backlog", inLogForward, parseForwardNumber, Supported},
	{"bind", inLogForward, parseForwardBind, Supported},
	{"dgram-bind", inLogForward, parseDatagramBind, Supported},
	{"log", inLogForward, parseForwardLog, Supported},
	{"maxconn", inLogForward, parseForwardNumber, Supported},
	{"timeout", inLogForward, parseForwardTimeout, Supported},
}

// defaultForwardConnections is HAProxy's bound.
const defaultForwardConnections = 10

// log-forward <name>
func openLogForward(p *parser, header syntax.Statement) bool {
	name := header.Argument(0)
	switch {
	case name == "":
		p.failf(header, "missing name for ip-forward section.") // HAProxy's words
		return false
	case !p.validName(header):
		return false
	}
	p.tooMany(header, 1)
	if i := named(p.LogForwards, name, func(f *LogForward) string { return f.Name }); i >= 0 {
		at := p.LogForwards[i].At
		p.failf(header, "log-forward section '%s' has the same name as another log-forward section declared at %s:%d.", name, at.File, at.Line)
		return false
	}
	p.LogForwards = append(p.LogForwards, LogForward{Name: name, MaxConn: defaultForwardConnections, At: header.At()})
	return true
}

// onProxy has a parser of proxies work on a section that is none, and returns what it found.
func (p *parser) onProxy(s syntax.Statement, parse func(*parser, syntax.Statement)) *Proxy {
	found := &Proxy{}
	before := p.proxy
	p.proxy = found
	parse(p, s)
	p.proxy = before
	return found
}

// bind <address> [<parameter>...]
func parseForwardBind(p *parser, s syntax.Statement) {
	forward := last(p.LogForwards)
	forward.Binds = append(forward.Binds, p.onProxy(s, parseBind).Binds...)
}

// log global | log <address> ...
func parseForwardLog(p *parser, s syntax.Statement) {
	forward := last(p.LogForwards)
	found := p.onProxy(s, parseProxyLog)
	forward.Logs = append(forward.Logs, found.Logs...)
	forward.LogGlobal = forward.LogGlobal || found.LogGlobal
}

// dgram-bind <address> [<parameter>...]
func parseDatagramBind(p *parser, s syntax.Statement) {
	text := s.Argument(0)
	if text == "" {
		p.failf(s, "'dgram-bind' expects {<path>|[addr1]:port1[-end1]}{,[addr]:port[-end]}... as arguments.")
		return
	}
	settings := &BindSettings{}
	for _, address := range strings.Split(text, ",") {
		addresses, err := parseAddress(strings.TrimPrefix(address, "udp@"), portPolicy{mandatory: true, ranges: true, listen: true})
		if err != nil {
			p.failf(s, "'dgram-bind %s' : %s", text, err)
			return
		}
		for _, a := range addresses {
			if a.Network == "unix" || a.Network == "fd" {
				p.failf(s, "'dgram-bind' : '%s' is no IPv4 or IPv6 address.", text)
				return
			}
			last(p.LogForwards).Datagrams = append(last(p.LogForwards).Datagrams, DatagramBind{Address: a, Text: text, BindSettings: *settings, At: s.At()})
		}
	}
	if failed := p.bindParameters(s, 1, settings); failed != nil {
		if failed.reason == "" {
			p.failf(s, "unknown keyword '%s' in 'log-forward' section%s", failed.Text, cmp.Or(nearest.Suggestion(failed.Text, bindNames), "."))
		} else {
			p.failf(s, "%s", failed.reason)
		}
		return
	}
	for i := range last(p.LogForwards).Datagrams {
		if d := &last(p.LogForwards).Datagrams[i]; d.At == s.At() {
			d.BindSettings = *settings
		}
	}
}

// maxconn <number> | backlog <number>
func parseForwardNumber(p *parser, s syntax.Statement) {
	n, ok := decimal(s.Argument(0))
	switch forward := last(p.LogForwards); {
	case s.Argument(0) == "":
		p.failf(s, "'%s' expects an integer argument.", s.Keyword())
	case !ok:
		p.failf(s, "'%s' expects an integer argument, but got '%s'.", s.Keyword(), s.Argument(0))
	case s.Keyword() == "backlog":
		forward.Backlog = n
	default:
		forward.MaxConn = n
	}
}

// timeout client <time>
func parseForwardTimeout(p *parser, s syntax.Statement) {
	switch {
	case s.Argument(0) != "client":
		p.failf(s, "unknown keyword 'timeout %s' in log-forward section.", s.Argument(0))
	case s.Argument(1) == "":
		p.failf(s, "missing timeout client value.")
	default:
		if d, ok := p.argumentTime(s, s.Argument(1), "timeout client"); ok {
			last(p.LogForwards).Timeout = d
		}
	}
}
