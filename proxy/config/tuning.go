package config

import "tidelock/proxy/config/syntax"

// Tuning bounds what connections take. Zero leaves it to the system, or unbounded.
type Tuning struct {
	MaxPipes int // how many pipes may carry bytes between sockets at a time
	NoSplice bool

	ConnectionRate, SessionRate, TLSRate  int // a second
	ClientReceiveBuffer, ClientSendBuffer int // of the system, in bytes
	ServerReceiveBuffer, ServerSendBuffer int
}

// tuningKeywords are the global keywords that bound what connections take.
var tuningKeywords = []keyword{
	{"maxpipes", inGlobal, count(func(g *Global) *int { return &g.MaxPipes }), Supported},
	{"maxconnrate", inGlobal, count(func(g *Global) *int { return &g.ConnectionRate }), Supported},
	{"maxsessrate", inGlobal, count(func(g *Global) *int { return &g.SessionRate }), Supported},
	{"maxsslrate", inGlobal, count(func(g *Global) *int { return &g.TLSRate }), Supported},
	{"tune.rcvbuf.client", inGlobal, count(func(g *Global) *int { return &g.ClientReceiveBuffer }), Supported},
	{"tune.sndbuf.client", inGlobal, count(func(g *Global) *int { return &g.ClientSendBuffer }), Supported},
	{"tune.rcvbuf.server", inGlobal, count(func(g *Global) *int { return &g.ServerReceiveBuffer }), Supported},
	{"tune.sndbuf.server", inGlobal, count(func(g *Global) *int { return &g.ServerSendBuffer }), Supported},
	{"tune.http.cookielen", inGlobal, lastCount(func(g *Global) *int { return &g.LongestCookie }), Supported},
	{"tune.http.logurilen", inGlobal, lastCount(func(g *Global) *int { return &g.LoggedLine }), Supported},
	{"nosplice", inGlobal, globalFlag(func(g *Global) *bool { return &g.NoSplice }), Supported},
}

// count makes the parser of a global keyword whose value is a number. As in HAProxy, what is no number counts as 0, and only
// the first line counts.
func count(field func(*Global) *int) parseFunc {
	return func(p *parser, s syntax.Statement) {
		value := field(&p.Global)
		switch n, _ := decimal(s.Argument(0)); {
		case p.tooMany(s, 1):
		case *value != 0:
			p.warnf(s, "'%s' already specified. Continuing.", s.Keyword())
		case s.Argument(0) == "":
			p.failf(s, "'%s' expects an integer argument.", s.Keyword())
		default:
			*value = n
		}
	}
}

// lastCount is count for a keyword of which the last line counts.
func lastCount(field func(*Global) *int) parseFunc {
	return func(p *parser, s syntax.Statement) {
		switch n, _ := decimal(s.Argument(0)); {
		case p.tooMany(s, 1):
		case s.Argument(0) == "":
			p.failf(s, "'%s' expects an integer argument.", s.Keyword())
		default:
			*field(&p.Global) = n
		}
	}
}
