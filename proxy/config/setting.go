package config

import (
	"slices"

	"tidelock/proxy/config/syntax"
)

// mode tcp|http
func parseMode(p *parser, s syntax.Statement) {
	switch mode := s.Argument(0); mode {
	case "tcp", "http":
		if !p.tooMany(s, 1) {
			p.proxy.Mode = Mode(mode)
		}
	case "health":
		p.failf(s, "'mode health' doesn't exist anymore. Please use 'http-request return status 200' instead.")
	default:
		p.failf(s, "unknown proxy mode '%s'.", mode)
	}
}

// default_backend <backend>
func parseDefaultBackend(p *parser, s syntax.Statement) {
	if s.Argument(0) == "" {
		p.failf(s, "'default_backend' expects a backend name.")
		return
	}
	if !p.tooMany(s, 1) {
		p.proxy.DefaultBackend = Name{Text: s.Argument(0), At: s.At()}
	}
}

// disabled
// enabled
func parseDisabled(p *parser, s syntax.Statement) {
	if !p.tooMany(s, 0) {
		p.proxy.Disabled = s.Keyword() == "disabled"
	}
}

// maxconn <connections>
func parseMaxconn(p *parser, s syntax.Statement) {
	switch n, _ := decimal(s.Argument(0)); {
	case p.tooMany(s, 1):
	case s.Argument(0) == "":
		p.failf(s, "'maxconn' expects an integer argument.")
	default:
		p.proxy.Maxconn = n // as in HAProxy, what is no number counts as 0
	}
}

// backlog <number>
func parseBacklog(p *parser, s syntax.Statement) {
	if s.Argument(0) == "" {
		p.failf(s, "'backlog' expects an integer argument.")
		return
	}
	p.tooMany(s, 1)
}

// max-keep-alive-queue <number>
func parseKeepAliveQueue(p *parser, s syntax.Statement) {
	if s.Argument(0) == "" {
		p.failf(s, "'%s' expects expects an integer value (or -1 to disable)", s.Keyword())
		return
	}
	var unused int
	p.number(s, 0, s.Keyword(), &unused)
}

// retries <number>
func parseRetries(p *parser, s syntax.Statement) {
	switch n, _ := decimal(s.Argument(0)); {
	case p.tooMany(s, 1):
	case s.Argument(0) == "":
		p.failf(s, "'retries' expects an integer argument (dispatch counts for one).")
	default:
		p.proxy.Retries = n
	}
}

// monitor-uri <uri>
func parseMonitorURI(p *parser, s syntax.Statement) {
	if s.Argument(0) == "" {
		p.failf(s, "'monitor-uri' expects an URI.")
		return
	}
	if !p.tooMany(s, 1) {
		p.proxy.MonitorURI = s.Argument(0)
	}
}

// log-format <format>
func parseLogFormat(p *parser, s syntax.Statement) {
	if format, ok := p.logFormat(s); ok {
		p.proxy.setLogStyle(LogStyleDefault, s.At())
		p.proxy.LogFormat = format
	}
}

// error-log-format <string>
func parseErrorLogFormat(p *parser, s syntax.Statement) {
	if format, ok := p.logFormat(s); ok {
		p.proxy.ErrorLogFormat = format
	}
}

// log-format-sd <string>
func parseStructuredData(p *parser, s syntax.Statement) {
	if format, ok := p.logFormat(s); ok {
		p.proxy.StructuredData = format
	}
}

func (p *parser) logFormat(s syntax.Statement) (Format, bool) {
	switch {
	case s.Argument(0) == "":
		p.failf(s, "%s expects an argument.", s.Keyword())
	case len(s.Words) > 2:
		p.failf(s, "%s expects only one argument, don't forget to escape spaces!", s.Keyword())
	default:
		return Format{Text: s.Argument(0), At: s.Words[1].At}, true
	}
	return Format{}, false
}

// log-tag <tag>
func parseLogTag(p *parser, s syntax.Statement) {
	if s.Argument(0) == "" {
		p.failf(s, "'log-tag' expects a tag for use in syslog.")
		return
	}
	p.proxy.LogTag = s.Argument(0)
}

// errorStatuses are the statuses that errorfile can replace.
var errorStatuses = []int{200, 400, 401, 403, 404, 405, 407, 408, 410, 413, 421, 422, 425, 429, 500, 501, 502, 503, 504}

// maxErrorFile is what an error file may have at most: HAProxy's buffer, so that it never has to be sent in pieces.
const maxErrorFile = 16384

// errorFile reads the file of an errorfile line. Prefix stands before the error without arguments.
func (p *parser) errorFile(s syntax.Statement, prefix string) (status int, content []byte, ok bool) {
	if len(s.Words) < 3 {
		p.failf(s, "%sexpects <status_code> and <file> as arguments.", prefix)
		return 0, nil, false
	}
	status, _ = decimal(s.Argument(0))
	if !slices.Contains(errorStatuses, status) {
		p.failf(s, "errorfile : status code '%s' not handled.", s.Argument(0))
		return 0, nil, false
	}
	content, err := p.folder(s).ReadFile(s.Argument(1))
	switch {
	case err != nil:
		p.failf(s, "errorfile : error opening file '%s'.", s.Argument(1))
	case len(content) > maxErrorFile:
		p.failf(s, "errorfile : file '%s' is larger than %d bytes.", s.Argument(1), maxErrorFile)
	default:
		return status, content, true
	}
	return 0, nil, false
}
