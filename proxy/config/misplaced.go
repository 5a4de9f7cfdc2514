package config

import (
	"cmp"
	"strings"

	"tidelock/proxy/config/syntax"
)

// misplacement is what HAProxy makes of a keyword for the side that a section does not have. In every case it reads the
// arguments, and their mistakes prevent the start.
type misplacement struct {
	message string // with KEYWORD, KIND, NAME and SIDE to fill in; "" for the usual one
	checked bool   // said only of a keyword without mistakes
	silent  bool   // not said
	alert   bool   // prevents the start
}

var (
	unusable  = misplacement{message: "KEYWORD will be ignored because KIND 'NAME' has no SIDE capability", checked: true}
	unlogged  = misplacement{message: "KIND 'NAME' : 'KEYWORD' directive is ignored in backends.", checked: true}
	forbidden = misplacement{message: "'KEYWORD' not allowed because KIND 'NAME' has no SIDE capability.", alert: true}
	elsewhere = misplacement{message: "'KEYWORD' only available in backend or listen section", checked: true, alert: true}
	unsaid    = misplacement{silent: true}
)

const misplacedMessage = "'KEYWORD' ignored because KIND 'NAME' has no SIDE capability."

// misplacements are those that differ from the usual one, a warning and then the mistakes.
var misplacements = map[string]misplacement{
	"fullconn":     {message: misplacedMessage + " Maybe you want 'maxconn' instead ?"},
	"maxconn":      {message: misplacedMessage + " Maybe you want 'fullconn' instead ?"},
	"clitcpka-cnt": unusable, "clitcpka-idle": unusable, "clitcpka-intvl": unusable,
	"srvtcpka-cnt": unusable, "srvtcpka-idle": unusable, "srvtcpka-intvl": unusable,
	"max-keep-alive-queue": unusable, "rate-limit sessions": unusable,
	"log-format": unlogged, "log-format-sd": unlogged, "error-log-format": unlogged,
	"option httplog": unlogged, "option httpslog": unlogged, "option tcplog": unlogged,
	"unique-id-format": unsaid, "unique-id-header": unsaid, "persist": unsaid, "hash-balance-factor": unsaid,
	"server": forbidden, "server-template": forbidden, "default-server": forbidden,
	"retry-on": elsewhere, "use-fcgi-app": elsewhere,
}

// misplaced deals with a keyword that has no meaning in this kind of section: what it would set goes nowhere.
func (p *parser) misplaced(s syntax.Statement, k keyword) {
	if p.kind == inDefaults {
		p.misplacedInDefaults(s, k.name)
		return
	}
	name, full := k.name, k.name
	switch s.Keyword() {
	case "option":
		full = "option " + k.name
	case "rate-limit":
		full = "rate-limit sessions"
	}
	m, special := misplacements[full]
	switch {
	case special:
		name = full
	case s.Keyword() == "option":
		m.checked = isSwitch(k.name)
	}
	mistakes := &syntax.Diagnostics{}
	if !m.alert || m.checked && len(s.Words) == 1 { // an alert stands for all but missing arguments
		mistakes = p.tryOut(s, k.parse)
	}
	if !m.silent && !(m.checked && mistakes.Has(syntax.Alert)) {
		side := "backend"
		if p.proxy.Kind == Backend {
			side = "frontend"
		}
		severity := syntax.Warning
		if m.alert {
			severity = syntax.Alert
		}
		fill := strings.NewReplacer("KEYWORD", name, "KIND", p.proxy.Kind.String(), "NAME", p.proxy.Name, "SIDE", side)
		p.report(severity, s.At(), s.Keyword(), "%s", fill.Replace(cmp.Or(m.message, misplacedMessage)))
	}
	for _, d := range mistakes.Sorted() {
		p.diags.Add(d)
	}
}

// misplacedInDefaults reports a keyword that defaults sections cannot have.
func (p *parser) misplacedInDefaults(s syntax.Statement, name string) {
	switch {
	case name == "stick-table":
		p.failf(s, "'%s' is not supported in 'defaults' section.", name)
	case name == "declare":
		p.failf(s, "'declare' not available in default section")
	case name == "id", name == "description":
		p.failTightly(s, "'%s' not allowed in 'defaults' section.", name)
	case name == "capture" && s.Argument(0) == "cookie", name == "capture" && s.Argument(1) == "header":
		p.failf(s, "'capture %s' not allowed in 'defaults' section.", s.Argument(0))
	default:
		p.failf(s, "'%s' not allowed in 'defaults' section.", name)
	}
}

// tryOut reads a statement as a listen section would, for its mistakes only.
func (p *parser) tryOut(s syntax.Statement, parse parseFunc) *syntax.Diagnostics {
	mistakes := &syntax.Diagnostics{}
	if parse == nil {
		return mistakes
	}
	proxy, kind, diags := p.proxy, p.kind, p.diags
	scratch := *proxy
	p.proxy, p.kind, p.diags = &scratch, inListen, mistakes
	parse(p, s)
	p.proxy, p.kind, p.diags = proxy, kind, diags
	return mistakes
}
