package config

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"tidelock/proxy/config/syntax"
	"tidelock/proxy/nearest"
)

// parser fills a Configuration section by section.
type parser struct {
	*Configuration
	diags   *syntax.Diagnostics
	section syntax.Section
	paths   defaultPath

	proxy     *Proxy            // the proxy or defaults section at hand
	defaults  *Proxy            // the last defaults section, nil before the first
	named     map[string]*Proxy // defaults sections by name
	anonymous bool              // the section at hand is a defaults section without a name
}

// parseFunc gives one statement its meaning.
type parseFunc func(*parser, syntax.Statement)

// sections is a set of section kinds in which a keyword is allowed.
type sections uint8

const (
	inGlobal sections = 1 << iota
	inDefaults
	inFrontend
	inListen
	inBackend

	inProxies    = inFrontend | inListen | inBackend
	inFrontSide  = inFrontend | inListen
	inBackSide   = inListen | inBackend
	inEverything = inDefaults | inProxies
)

// keyword is one row of the registry.
type keyword struct {
	name  string
	in    sections
	parse parseFunc
}

// sectionKinds in which statements have a meaning here.
var sectionKinds = map[string]sections{
	"global": inGlobal, "defaults": inDefaults, "frontend": inFrontend, "listen": inListen, "backend": inBackend,
}

func (p *parser) parseSection(section syntax.Section) {
	p.section, p.proxy, p.anonymous = section, nil, false
	kind, known := sectionKinds[section.Header.Keyword()]
	switch {
	case !known:
		p.failf(section.Header, "section '%s' is not supported yet by this version.", section.Header.Keyword())
		return
	case kind == inGlobal:
		p.tooMany(section.Header, 0)
	case !p.openProxy(section.Header, kind):
		return
	}
	for _, s := range section.Statements {
		p.parseStatement(s, kind)
	}
}

func (p *parser) parseStatement(s syntax.Statement, kind sections) {
	table := proxyKeywords
	if kind == inGlobal {
		table = globalKeywords
	}
	i := slices.IndexFunc(table, func(k keyword) bool { return k.name == s.Keyword() })
	switch {
	case i < 0:
		p.unknown(s, kind, table)
	case table[i].in&kind == 0:
		p.misplaced(s, s.Keyword(), table[i].in, kind)
	default:
		table[i].parse(p, s)
	}
}

// unknown reports a keyword that is in no table.
func (p *parser) unknown(s syntax.Statement, kind sections, table []keyword) {
	candidates := syntax.SectionKeywords()
	for _, k := range table {
		if k.in&kind != 0 {
			candidates = append(candidates, k.name)
		}
	}
	p.failf(s, "unknown keyword '%s' in '%s' section%s",
		s.Keyword(), p.section.Header.Keyword(), nearest.Suggestion(s.Keyword(), slices.Values(candidates)))
}

// misplaced reports a keyword that has no meaning in this kind of section. As in HAProxy it is a warning where the
// keyword cannot do harm.
func (p *parser) misplaced(s syntax.Statement, name string, in, kind sections) {
	switch {
	case kind == inDefaults:
		p.failf(s, "'%s' not allowed in 'defaults' section.", name)
	case kind == inFrontend && name == "server":
		p.failf(s, "'server' not allowed because frontend '%s' has no backend capability.", p.proxy.Name)
	case kind == inFrontend:
		p.warnf(s, "'%s' ignored because frontend '%s' has no backend capability.", name, p.proxy.Name)
	default:
		p.warnf(s, "'%s' ignored because backend '%s' has no frontend capability.", name, p.proxy.Name)
	}
}

// failf reports an error in a statement.
func (p *parser) failf(s syntax.Statement, format string, arguments ...any) {
	p.report(syntax.Alert, s.At(), s.Keyword(), format, arguments...)
}

// warnf reports something in a statement that does not prevent the start.
func (p *parser) warnf(s syntax.Statement, format string, arguments ...any) {
	p.report(syntax.Warning, s.At(), s.Keyword(), format, arguments...)
}

func (p *parser) report(severity syntax.Severity, at syntax.Position, directive, format string, arguments ...any) {
	p.diags.Add(syntax.Diagnostic{
		Severity: severity, Position: at, Section: p.section.String(), Directive: directive, Reason: fmt.Sprintf(format, arguments...),
	})
}

// tooMany reports the first argument after the given number, if there is one.
func (p *parser) tooMany(s syntax.Statement, limit int) bool {
	if len(s.Words)-1 <= limit {
		return false
	}
	extra := s.Words[limit+1]
	p.report(syntax.Alert, extra.At, s.Keyword(), "'%s' cannot handle unexpected argument '%s'.", s.Keyword(), extra.Text)
	return true
}

// decimal reads a number of 0 and above.
func decimal(text string) (int, bool) {
	n, err := strconv.ParseUint(text, 10, 31)
	return int(n), err == nil
}

// quotedList returns 'a', 'b' or 'c'.
func quotedList(names []string) string {
	last := len(names) - 1
	return "'" + strings.Join(names[:last], "', '") + "' or '" + names[last] + "'"
}

// accept is the parser of keywords that are valid and have nothing to do here.
func accept(*parser, syntax.Statement) {}

// refuse is the parser of keywords without which the traffic would not be what the configuration asks for.
func refuse(p *parser, s syntax.Statement) {
	p.failf(s, "'%s' is not supported yet by this version.", s.Keyword())
}

// ignore is the parser of keywords that can be left out without a change to the traffic.
func ignore(p *parser, s syntax.Statement) {
	p.warnf(s, "'%s' is not supported yet by this version and has no effect.", s.Keyword())
}

// rows makes one row for each name.
func rows(in sections, parse parseFunc, names ...string) []keyword {
	table := make([]keyword, len(names))
	for i, name := range names {
		table[i] = keyword{name, in, parse}
	}
	return table
}
