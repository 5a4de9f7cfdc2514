package config

import (
	"errors"
	"time"

	"tidelock/proxy/config/syntax"
)

// timeoutRow is one kind of timeout.
type timeoutRow struct {
	name  string
	in    sections
	field func(*Timeouts) *time.Duration
}

// timeouts in the order in which HAProxy's message names them.
var timeouts = []timeoutRow{
	{"client", inFrontSide, func(t *Timeouts) *time.Duration { return &t.Client }},
	{"server", inBackSide, func(t *Timeouts) *time.Duration { return &t.Server }},
	{"connect", inBackSide, func(t *Timeouts) *time.Duration { return &t.Connect }},
	{"check", inBackSide, func(t *Timeouts) *time.Duration { return &t.Check }},
	{"queue", inBackSide, func(t *Timeouts) *time.Duration { return &t.Queue }},
	{"http-keep-alive", inProxies, func(t *Timeouts) *time.Duration { return &t.HTTPKeepAlive }},
	{"http-request", inProxies, func(t *Timeouts) *time.Duration { return &t.HTTPRequest }},
	{"tunnel", inBackSide, func(t *Timeouts) *time.Duration { return &t.Tunnel }},
	{"tarpit", inProxies, func(t *Timeouts) *time.Duration { return &t.Tarpit }},
	{"client-fin", inFrontSide, func(t *Timeouts) *time.Duration { return &t.ClientFin }},
	{"server-fin", inBackSide, func(t *Timeouts) *time.Duration { return &t.ServerFin }},
}

// timeout client|server|connect|... <time>
func parseTimeout(p *parser, s syntax.Statement) {
	name, value := s.Argument(0), s.Argument(1)
	for _, row := range timeouts {
		if row.name != name {
			continue
		}
		what := "'timeout " + name + "'"
		switch {
		case value == "":
			p.failf(s, "%s expects an integer value (in milliseconds)", what)
		case len(s.Words) > 3:
			p.failf(s, "%s : unexpected extra argument '%s' after value '%s'.", what, s.Argument(2), value)
		default:
			d, ok := p.time(s, value, what)
			if !ok {
				return
			}
			if p.proxy.Kind != Defaults && row.in&p.kind == 0 {
				p.ignoredTimeout(s, what)
			}
			field := row.field(&p.proxy.Timeouts)
			if p.kind != inDefaults && *field != *row.field(&p.inherited) {
				p.warnf(s, "overwriting %s which was already specified", what)
			}
			*field = d
		}
		return
	}
	p.failf(s, "'timeout' supports 'client', 'server', 'connect', 'check', 'queue', 'http-keep-alive', 'http-request', "+
		"'tunnel', 'tarpit', 'client-fin' and 'server-fin' (got '%s')", name)
}

// ignoredTimeout warns of a timeout for the side that a proxy does not have.
func (p *parser) ignoredTimeout(s syntax.Statement, what string) {
	side := "backend"
	if p.proxy.Kind == Backend {
		side = "frontend"
	}
	p.warnf(s, "%s will be ignored because %s '%s' has no %s capability", what, p.proxy.Kind, p.proxy.Name, side)
}

// time reads a time in milliseconds. What names it in errors.
func (p *parser) time(s syntax.Statement, value, what string) (time.Duration, bool) {
	d, err := syntax.ParseTime(value, time.Millisecond)
	switch {
	case errors.Is(err, syntax.ErrTimeOverflow):
		p.failf(s, "timer overflow in argument '%s' to %s (maximum value is 2147483647 ms or ~24.8 days)", value, what)
	case err != nil:
		p.failf(s, "%s in %s", err, what)
	default:
		p.checkTimeTail(s, value)
	}
	return d, err == nil
}

// argumentTime reads the time that is the argument of the named keyword, where errors show it in angle brackets.
func (p *parser) argumentTime(s syntax.Statement, value, name string) (time.Duration, bool) {
	d, err := syntax.ParseTime(value, time.Millisecond)
	switch {
	case errors.Is(err, syntax.ErrTimeOverflow):
		p.failf(s, "timer overflow in argument <%s> to <%s>, maximum value is 2147483647 ms (~24.8 days).", value, name)
	case err != nil:
		p.failf(s, "%s in argument to <%s>.", err, name)
	default:
		p.checkTimeTail(s, value)
	}
	return d, err == nil
}

// checkTimeTail warns of what follows the unit of a time.
func (p *parser) checkTimeTail(s syntax.Statement, value string) {
	if c := syntax.AfterUnit(value); c != 0 {
		p.warnf(s, "unexpected character '%c' after the timer value '%s', only "+
			"(us=microseconds,ms=milliseconds,s=seconds,m=minutes,h=hours,d=days) are supported. "+
			"This will be reported as an error in next versions.", c, value)
	}
}
