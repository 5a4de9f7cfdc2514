package config

import (
	"strconv"

	"tidelock/proxy/config/syntax"
)

// The statements here are no rules of a rule set, but conditions or formats make them words for package proxy to compile
// in their order among the rules.

// redirect {location|prefix|scheme} <target> [<option>...] [if|unless <condition>]
func parseRedirect(p *parser, s syntax.Statement) { p.addRule(s, "redirect", 1) }

// use-server <server> {if|unless} <condition>
func parseUseServer(p *parser, s syntax.Statement) {
	switch condition := s.Argument(1); {
	case s.Argument(0) == "":
		p.failf(s, "'use-server' expects a server name.")
	case condition != "if" && condition != "unless":
		p.failf(s, "'use-server' requires either 'if' or 'unless' followed by a condition.")
	default:
		p.addRule(s, "use-server", 1)
	}
}

// monitor fail {if|unless} <condition>
func parseMonitor(p *parser, s syntax.Statement) {
	switch condition := s.Argument(1); {
	case s.Argument(0) != "fail":
		p.failf(s, "'monitor' only supports 'fail'.")
	case condition != "if" && condition != "unless":
		p.failf(s, "'monitor fail' requires either 'if' or 'unless' followed by a condition.")
	default:
		p.addRule(s, "monitor fail", 2)
	}
}

// CaptureKind says what a capture statement keeps.
type CaptureKind uint8

const (
	CaptureSlot   CaptureKind = iota // nothing: a slot for rules to store in
	CaptureHeader                    // the last header of a name
	CaptureCookie                    // the first cookie whose name begins with the name, in both directions
)

// Capture is one capture or declare statement, or the place of a rule that declares a slot among them.
type Capture struct {
	Kind     CaptureKind
	Response bool   // of the response, else of the request
	Name     string // of the header or cookie
	Length   int    // bytes to keep at most
}

// capture {request|response} header <name> len <length>
// capture cookie <name> len <length>
func parseCapture(p *parser, s syntax.Statement) {
	kind, name, usage := CaptureHeader, 2, "'capture "+s.Argument(0)+"' expects 'header' <header_name> 'len' <len>."
	switch what := s.Argument(0); {
	case what == "cookie":
		kind, name, usage = CaptureCookie, 1, "'capture' expects 'cookie' <cookie_name> 'len' <len>."
	case what != "request" && what != "response", s.Argument(1) != "header":
		p.failf(s, "'capture' expects 'cookie' or 'request header' or 'response header'.")
		return
	}
	if s.Argument(name) == "" || s.Argument(name+1) != "len" || s.Argument(name+2) == "" {
		p.failf(s, "%s", usage)
		return
	}
	if len(s.Words) > name+4 {
		p.failf(s, "'capture %s' cannot handle unexpected argument '%s'.", s.Argument(0), s.Argument(name+3))
		return
	}
	length, _ := strconv.Atoi(s.Argument(name + 2))
	p.addCapture(s, Capture{Kind: kind, Response: s.Argument(0) == "response", Name: s.Argument(name), Length: max(length, 0)})
}

// declare capture {request|response} len <length>
func parseDeclare(p *parser, s syntax.Statement) {
	direction := s.Argument(1)
	length, err := strconv.Atoi(s.Argument(3))
	switch {
	case p.proxy.Kind == Backend:
		p.failf(s, "'declare' only available in frontend or listen section")
	case s.Argument(0) == "":
		p.failf(s, "'declare' needs a second keyword that specify the type of declaration ('capture')")
	case s.Argument(0) != "capture":
		p.failf(s, "unknown declaration type '%s' (supports 'capture')", s.Argument(0))
	case direction != "request" && direction != "response":
		p.failf(s, "'declare capture' requires a direction ('request' or 'response')")
	case s.Argument(2) != "len":
		p.failf(s, "'declare capture' requires a capture length ('len')")
	case s.Argument(3) == "":
		p.failf(s, "'declare capture': 'len' requires a numeric value that represents the capture length")
	case err != nil || length < 0:
		p.failf(s, "'declare capture': cannot parse the length 'len'.")
	default:
		p.addCapture(s, Capture{Response: direction == "response", Length: length})
	}
}

// addCapture puts a capture among the rules: slots are numbered in the order of all that declare one.
func (p *parser) addCapture(s syntax.Statement, c Capture) {
	p.proxy.Rules = append(p.proxy.Rules, Rule{Set: "capture", Capture: c, At: s.At()})
}

// unique-id-format <format>
func parseUniqueIDFormat(p *parser, s syntax.Statement) {
	switch {
	case s.Argument(0) == "":
		p.failf(s, "unique-id-format expects an argument.")
	case len(s.Words) > 2:
		p.failf(s, "unique-id-format expects only one argument, don't forget to escape spaces!")
	default:
		p.proxy.UniqueIDFormat = Format{Text: s.Argument(0), At: s.Words[1].At}
	}
}

// unique-id-header <name>
func parseUniqueIDHeader(p *parser, s syntax.Statement) {
	if s.Argument(0) == "" {
		p.failf(s, "unique-id-header expects an argument.")
		return
	}
	p.proxy.UniqueIDHeader = s.Argument(0)
}
