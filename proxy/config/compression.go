package config

import (
	"slices"
	"strings"

	"tidelock/proxy/config/syntax"
)

// Compression is what the compression lines of a section and its defaults say.
type Compression struct {
	Algorithms []string
	Types      []string // what content types begin with, in lower case
	Offload    bool
}

// Wanted reports whether there is anything to compress with.
func (c *Compression) Wanted() bool { return len(c.Algorithms) > 0 }

// compressionAlgorithms are those that the manual names.
var compressionAlgorithms = []string{"identity", "gzip", "deflate", "raw-deflate"}

// compression algo <algorithm>...
// compression type <mime type>...
// compression offload
func parseCompression(p *parser, s syntax.Statement) {
	c := &p.proxy.Compression
	rest := syntax.Texts(s.Words[min(2, len(s.Words)):])
	switch s.Argument(0) {
	case "algo":
		if len(rest) == 0 {
			p.failTwice(s, "'compression' expects <algorithm>.")
		}
		for _, name := range rest {
			if !slices.Contains(compressionAlgorithms, name) {
				p.failf(s, "'compression' : '%s' is not a supported algorithm.", name)
				return
			}
			c.Algorithms = append(slices.Clip(c.Algorithms), name)
		}
	case "type":
		if len(rest) == 0 {
			p.failf(s, "'compression' expects <type>.")
		}
		for _, t := range rest {
			c.Types = append(slices.Clip(c.Types), strings.ToLower(t))
		}
	case "offload":
		if p.kind == inDefaults {
			p.warnf(s, "'compression' : 'offload' ignored in 'defaults' section.")
			return
		}
		c.Offload = true
	default:
		p.failf(s, "'compression' expects 'algo', 'type' or 'offload'")
	}
}

// failTwice is failf for messages in which HAProxy gives the position twice.
func (p *parser) failTwice(s syntax.Statement, format string, arguments ...any) {
	at := s.At()
	p.failf(s, "parsing [%s:%d] : "+format, append([]any{at.File, at.Line}, arguments...)...)
}

// maxcomprate <kilobytes a second>
func parseCompressionRate(p *parser, s syntax.Statement) {
	switch n, _ := decimal(s.Argument(0)); {
	case p.tooMany(s, 1):
	case s.Argument(0) == "":
		p.failf(s, "'maxcomprate' expects an integer argument in kb/s.")
	default:
		p.Global.CompressionRate = n << 10
	}
}

// maxcompcpuusage <percent>
func parseCompressionLoad(p *parser, s syntax.Statement) {
	switch n, ok := decimal(s.Argument(0)); {
	case p.tooMany(s, 1):
	case !ok || n > 100:
		p.failf(s, "'maxcompcpuusage' expects an integer argument between 0 and 100.")
	default:
		p.Global.CompressionLoad = n
	}
}

// tune.comp.maxlevel <1 to 9>
func parseCompressionLevel(p *parser, s syntax.Statement) {
	n, ok := decimal(s.Argument(0))
	if !ok || n < 1 || n > 9 {
		p.failf(s, "'tune.comp.maxlevel' expects a numeric value between 1 and 9")
		return
	}
	p.Global.CompressionLevel = n
}
