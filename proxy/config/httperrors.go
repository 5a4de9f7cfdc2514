package config

import "tidelock/proxy/config/syntax"

// HTTPErrors is one http-errors section: a group of error files that proxies can import (manual, section 3.8).
type HTTPErrors struct {
	Name  string
	Files map[int][]byte // status to whole response, empty to answer nothing
	At    syntax.Position
}

// HTTPErrors returns the http-errors section of that name, or nil.
func (c *Configuration) HTTPErrors(name string) *HTTPErrors {
	if i := named(c.ErrorGroups, name, func(g *HTTPErrors) string { return g.Name }); i >= 0 {
		return &c.ErrorGroups[i]
	}
	return nil
}

var httpErrorsKeywords = []keyword{
	{"errorfile", inHTTPErrors, parseGroupedErrorFile, Supported},
}

// http-errors <name>
func openHTTPErrors(p *parser, header syntax.Statement) bool {
	name := header.Argument(0)
	if name == "" {
		p.failf(header, "missing name for http-errors section.")
		return false
	}
	if same := p.HTTPErrors(name); same != nil {
		p.failf(header, "http-errors section '%s' already exists (declared at %s).", name, same.At)
		return false
	}
	p.ErrorGroups = append(p.ErrorGroups, HTTPErrors{Name: name, Files: map[int][]byte{}, At: header.At()})
	return p.validName(header)
}

// errorfile <status> <file>
func parseGroupedErrorFile(p *parser, s syntax.Statement) {
	if status, content, ok := p.errorFile(s, "errorfile: "); ok {
		last(p.ErrorGroups).Files[status] = content
	}
}
