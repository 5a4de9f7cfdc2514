package config

import (
	"strconv"

	"tidelock/proxy/config/syntax"
)

// tlsCaptureKeywords have more kept of a TLS connection than serving it takes.
var tlsCaptureKeywords = []keyword{
	{"tune.ssl.capture-buffer-size", inGlobal, parseCaptureSize, Supported},
	{"tune.ssl.capture-cipherlist-size", inGlobal, parseCaptureSize, Supported},
	{"tune.ssl.keylog", inGlobal, parseKeyLog, Supported},
}

// tune.ssl.capture-buffer-size <bytes>, formerly tune.ssl.capture-cipherlist-size
func parseCaptureSize(p *parser, s syntax.Statement) {
	if s.Keyword() == "tune.ssl.capture-cipherlist-size" {
		p.warnf(s, "'%s' is deprecated and will be removed in version 2.7. Please use 'tune.ssl.capture-buffer-size' instead.", s.Keyword())
	}
	switch n, _ := strconv.Atoi(s.Argument(0)); {
	case p.tooMany(s, 1):
	case s.Argument(0) == "":
		p.failf(s, "'%s' expects an integer argument.", s.Keyword())
	case p.Global.CaptureSize != 0:
		p.failf(s, "'%s' is already configured.", s.Keyword())
	case n < 0:
		p.failf(s, "'%s' expects a positive numeric value.", s.Keyword())
	default:
		p.Global.CaptureSize = n
	}
}

// tune.ssl.keylog { on | off }
func parseKeyLog(p *parser, s syntax.Statement) {
	switch value := s.Argument(0); {
	case p.tooMany(s, 1):
	case value == "on" || value == "off":
		p.Global.KeyLog = value == "on"
	default:
		p.failf(s, "'%s' expects either 'on' or 'off' but got '%s'.", s.Keyword(), value)
	}
}
