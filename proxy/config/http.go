package config

import (
	"strings"

	"tidelock/proxy/config/syntax"
)

var reuseNames = map[string]Reuse{"never": ReuseNever, "safe": ReuseSafe, "aggressive": ReuseAggressive, "always": ReuseAlways}

// http-reuse never|safe|aggressive|always
func parseReuse(p *parser, s syntax.Statement) {
	reuse, ok := reuseNames[s.Argument(0)]
	switch {
	case !ok:
		p.failf(s, "'http-reuse' only supports 'never', 'safe', 'aggressive', 'always'.")
	case len(s.Words) > 2:
		p.failf(s, "'http-reuse %s' cannot handle unexpected argument '%s'.", s.Argument(0), s.Argument(1))
	default:
		p.proxy.Reuse = reuse
	}
}

// http-send-name-header <header>
func parseSendName(p *parser, s syntax.Statement) {
	if s.Argument(0) == "" {
		p.failf(s, "'http-send-name-header' requires a header string.")
		return
	}
	p.proxy.ServerNameHeader = s.Argument(0) // as in HAProxy, what follows counts for nothing
}

// tune.bufsize <bytes>
func parseBufferSize(p *parser, s syntax.Statement) {
	switch n, _ := decimal(s.Argument(0)); {
	case p.tooMany(s, 1):
	case s.Argument(0) == "":
		p.failf(s, "'tune.bufsize' expects an integer argument.")
	case n <= 0:
		p.failf(s, "'tune.bufsize' expects a positive integer argument.")
	case n < leastBuffer:
		p.failf(s, "'tune.bufsize' : %d bytes are too few for the default error messages, at least %d are needed.", n, leastBuffer)
	default:
		p.Global.BufferSize = n
	}
}

// leastBuffer is the smallest size of a buffer that an error page fits in.
const leastBuffer = 1024

// tune.maxrewrite <bytes>
func parseMaxRewrite(p *parser, s syntax.Statement) {
	switch n, _ := decimal(s.Argument(0)); {
	case p.tooMany(s, 1):
	case s.Argument(0) == "":
		p.failf(s, "'tune.maxrewrite' expects an integer argument.")
	default:
		p.Global.MaxRewrite = n
	}
}

// tune.http.maxhdr <number>
func parseMaxHeaders(p *parser, s syntax.Statement) {
	switch n, _ := decimal(s.Argument(0)); {
	case p.tooMany(s, 1):
	case s.Argument(0) == "":
		p.failf(s, "'tune.http.maxhdr' expects an integer argument.")
	case n < 1 || n > 32767:
		p.failf(s, "'tune.http.maxhdr' expects a numeric value between 1 and 32767")
	default:
		p.Global.MaxHeaders = n
	}
}

// h1-case-adjust <from> <to>
func parseHeaderCase(p *parser, s syntax.Statement) {
	from, to := s.Argument(0), s.Argument(1)
	switch {
	case p.tooMany(s, 2):
	case to == "":
		p.failf(s, "'h1-case-adjust' expects <from> and <to> as argument.")
	default:
		if fault := p.addHeaderCase(from, to); fault != "" {
			p.failf(s, "%s", fault)
		}
	}
}

// addHeaderCase notes how a header's name is spelt, or says why not.
func (p *parser) addHeaderCase(from, to string) (fault string) {
	if !strings.EqualFold(from, to) {
		return "<from> and <to> must not differ execpt the case"
	}
	if _, twice := p.Global.HeaderCase[from]; twice {
		return "duplicate entry '" + from + "'"
	}
	if p.Global.HeaderCase == nil {
		p.Global.HeaderCase = map[string]string{}
	}
	p.Global.HeaderCase[from] = to
	return ""
}

// h1-case-adjust-file <file>
func parseHeaderCaseFile(p *parser, s syntax.Statement) {
	name := s.Argument(0)
	if name == "" {
		p.failf(s, "'h1-case-adjust-file' expects <file> as argument.")
		return
	}
	if p.tooMany(s, 1) {
		return
	}
	text, err := p.folder(s).ReadFile(name)
	if err != nil {
		p.failf(s, "h1-headers-case-adjust-file '%s': failed to open file.", name)
		return
	}
	number := 0
	for line := range strings.Lines(string(text)) {
		number++
		line = strings.Trim(line, " \t\r\n")
		if line == "" || line[0] == '#' {
			continue
		}
		words := strings.Fields(line)
		fault := "line must contain <from> and <to>"
		if len(words) == 2 {
			fault = p.addHeaderCase(words[0], words[1])
		}
		if fault != "" {
			p.failf(s, "h1-headers-case-adjust-file '%s' line %d: %s.", name, number, fault)
		}
	}
}
