package config

import (
	"strconv"

	"tidelock/proxy/config/syntax"
)

// http2Keywords tune HTTP/2, which is not spoken here: their values are checked, and change nothing.
var http2Keywords = []keyword{
	{"h2-workaround-bogus-websocket-clients", inGlobal, parseNothing, NoEffect},
	{"tune.h2.header-table-size", inGlobal, http2Range(4096, 65536), NoEffect},
	{"tune.h2.initial-window-size", inGlobal, parseHTTP2Positive, NoEffect},
	{"tune.h2.max-concurrent-streams", inGlobal, parseHTTP2Positive, NoEffect},
	{"tune.h2.max-frame-size", inGlobal, http2Range(16384, 1<<24-1), NoEffect},
}

// parseNothing is of a keyword without arguments.
func parseNothing(p *parser, s syntax.Statement) { p.tooMany(s, 0) }

// http2Range makes the parser of a number between two.
func http2Range(low, high int) parseFunc {
	return func(p *parser, s syntax.Statement) {
		if n, _ := strconv.Atoi(s.Argument(0)); !p.tooMany(s, 1) && (n < low || n > high) {
			p.failf(s, "'%s' expects a numeric value between %d and %d.", s.Keyword(), low, high)
		}
	}
}

// As in HAProxy nothing, and what is no number, counts as 0.
func parseHTTP2Positive(p *parser, s syntax.Statement) {
	if n, _ := strconv.Atoi(s.Argument(0)); !p.tooMany(s, 1) && n < 0 {
		p.failf(s, "'%s' expects a positive numeric value.", s.Keyword())
	}
}
