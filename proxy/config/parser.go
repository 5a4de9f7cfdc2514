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
	kind    sections // of the section at hand
	paths   defaultPath

	proxy     *Proxy            // the proxy or defaults section at hand
	defaults  *Proxy            // the last defaults section, nil before the first
	named     map[string]*Proxy // defaults sections by name
	ambiguous map[string]*Proxy // those whose name another one has taken since
	inherited Timeouts          // that the section at hand started with
	anonymous bool              // the section at hand is a defaults section without a name
	adding    bool              // what is read is a server that is added while traffic runs
}

// parseFunc gives one statement its meaning.
type parseFunc func(*parser, syntax.Statement)

// sections is a set of section kinds in which a keyword is allowed.
type sections uint16

const (
	inGlobal sections = 1 << iota
	inDefaults
	inFrontend
	inListen
	inBackend
	inUserlist
	inPeers
	inResolvers
	inMailers
	inProgram
	inHTTPErrors
	inCache
	inRing
	inFCGIApp
	inLogForward

	inProxies    = inFrontend | inListen | inBackend
	inFrontSide  = inFrontend | inListen
	inBackSide   = inListen | inBackend
	inEverything = inDefaults | inProxies
)

// keyword is one row of a registry.
type keyword struct {
	name    string
	in      sections
	parse   parseFunc // nil when the arguments are not looked at
	support Support
}

// sectionKind is one row of the registry of sections.
type sectionKind struct {
	in       sections
	keywords []keyword
	open     func(*parser, syntax.Statement) bool // reports whether the section's statements can be read
	close    func(*parser)                        // checks what only the whole section shows; may be nil
	support  Support
}

func (p *parser) parseSection(section syntax.Section) {
	kind := sectionKinds[section.Header.Keyword()]
	p.section, p.kind, p.proxy, p.anonymous = section, kind.in, nil, false
	p.tell(section.Header, kind.support, "section '"+section.Header.Keyword()+"'")
	if kind.open == nil || !kind.open(p, section.Header) {
		return
	}
	for _, s := range section.Statements {
		p.parseStatement(s, kind.keywords)
	}
	if kind.close != nil {
		kind.close(p)
	}
}

func (p *parser) parseStatement(s syntax.Statement, table []keyword) {
	i := slices.IndexFunc(table, func(k keyword) bool { return k.name == s.Keyword() })
	switch {
	case i < 0 && p.kind&inEverything != 0 && removed[s.Keyword()] != "":
		p.failf(s, "%s", removed[s.Keyword()])
	case i < 0:
		p.unknown(s, table)
	case table[i].in&p.kind == 0:
		p.misplaced(s, table[i])
	default:
		if table[i].parse != nil {
			table[i].parse(p, s)
		}
		p.tell(s, table[i].support, "'"+s.Keyword()+"'")
	}
}

// unknown reports a keyword that is in no table.
func (p *parser) unknown(s syntax.Statement, table []keyword) {
	candidates := syntax.SectionKeywords()
	for _, k := range table {
		if k.in&p.kind != 0 {
			candidates = append(candidates, k.name)
		}
	}
	p.failf(s, "unknown keyword '%s' in '%s' section%s",
		s.Keyword(), p.section.Header.Keyword(), nearest.Suggestion(s.Keyword(), slices.Values(candidates)))
}

// failf reports an error in a statement.
func (p *parser) failf(s syntax.Statement, format string, arguments ...any) {
	p.report(syntax.Alert, s.At(), s.Keyword(), format, arguments...)
}

// failTightly is failf for messages that HAProxy prints without a space before the colon.
func (p *parser) failTightly(s syntax.Statement, format string, arguments ...any) {
	p.reportTightly(syntax.Alert, s, format, arguments...)
}

func (p *parser) reportTightly(severity syntax.Severity, s syntax.Statement, format string, arguments ...any) {
	p.diags.Add(syntax.Diagnostic{
		Severity: severity, Position: s.At(), Tight: true, Section: p.section.String(), Directive: s.Keyword(), Reason: fmt.Sprintf(format, arguments...),
	})
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

// rows makes one row for each name, of keywords whose arguments are not looked at.
func rows(in sections, support Support, names ...string) []keyword {
	table := make([]keyword, len(names))
	for i, name := range names {
		table[i] = keyword{name, in, nil, support}
	}
	return table
}
