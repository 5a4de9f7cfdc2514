package statspage

import (
	"bytes"
	"net/url"
	"strings"
)

// form is what is asked for.
type form uint8

const (
	asHTML form = iota
	asCSV
	asJSON
	asTyped
	asSchema
)

// options are what the words behind the page's URI ask for, each behind a semicolon.
type options struct {
	format                 form
	up, noMaint, noRefresh bool
	scope                  string // part of the names of the proxies to show
	status                 string // what came of the form that was sent before
}

var forms = map[string]form{"csv": asCSV, "json": asJSON, "typed": asTyped, "json-schema": asSchema}

// maxScope is how long the part of a name may be that is looked for.
const maxScope = 20

func (p *Page) options(uri []byte) (o options) {
	rest := bytes.TrimPrefix(uri, p.URI)
	for word := range strings.FieldsFuncSeq(string(rest), func(r rune) bool { return r == ';' || r == '?' || r == '&' }) {
		name, value, _ := strings.Cut(word, "=")
		switch name {
		case "up":
			o.up = true
		case "no-maint":
			o.noMaint = true
		case "norefresh":
			o.noRefresh = true
		case "st":
			o.status = value
		case "scope":
			value, err := url.QueryUnescape(value)
			if err == nil && len(value) <= maxScope {
				o.scope = value
			}
		default:
			if f, ok := forms[name]; ok {
				o.format = f
			}
		}
	}
	return o
}

// link returns the URI of the page with these options.
func (p *Page) link(o options) string {
	var b strings.Builder
	b.Write(p.URI)
	for _, word := range []struct {
		set  bool
		text string
	}{
		{o.status != "", ";st=" + o.status}, {o.up, ";up"}, {o.noMaint, ";no-maint"}, {o.noRefresh, ";norefresh"},
		{o.format == asCSV, ";csv"}, {o.format == asJSON, ";json"}, {o.format == asSchema, ";json-schema"},
		{o.scope != "", "?scope=" + url.QueryEscape(o.scope)},
	} {
		if word.set {
			b.WriteString(word.text)
		}
	}
	return b.String()
}

// shown returns which proxies are shown: those of the page's scope that the request asks for.
func (p *Page) shown(o options) func(string) bool {
	if o.scope == "" {
		return p.Scope
	}
	return func(proxy string) bool {
		return (p.Scope == nil || p.Scope(proxy)) && strings.Contains(proxy, o.scope)
	}
}
