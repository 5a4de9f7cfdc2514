package config

import (
	"slices"

	"tidelock/proxy/config/syntax"
)

// ruleOrder is the order in which statements of a section act, wherever they stand.
var ruleOrder = []string{
	"tcp-request connection", "tcp-request session", "tcp-request content", "monitor fail", "http-request", "redirect",
	"use_backend", "use-server",
}

// warnOrder tells of a statement that stands behind one that acts after it.
func (p *parser) warnOrder(s syntax.Statement, set string) {
	rank := slices.Index(ruleOrder, set)
	if rank < 0 || set == "use_backend" {
		return
	}
	for _, later := range ruleOrder[rank+1:] {
		if !p.hasRule(later) {
			continue
		}
		name, article := set, "a"
		if s.Keyword() == "tcp-request" {
			name = s.Keyword()
		}
		if later == "http-request" {
			article = "an"
		}
		p.warnf(s, "a '%s' rule placed after %s '%s' rule will still be processed before.", name, article, later)
		return
	}
}

func (p *parser) hasRule(set string) bool {
	if set == "use_backend" {
		return len(p.proxy.UseBackends) > 0
	}
	return slices.ContainsFunc(p.proxy.Rules, func(r Rule) bool { return r.Set == set })
}
