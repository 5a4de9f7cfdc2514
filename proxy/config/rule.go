package config

import (
	"fmt"
	"slices"
	"time"

	"tidelock/proxy/config/syntax"
)

// addRule keeps what package proxy compiles: the words from skip on.
func (p *parser) addRule(s syntax.Statement, set string, skip int) {
	if p.anonymous {
		p.failf(s, "'%s' not allowed in anonymous 'defaults' section.", s.Keyword())
		return
	}
	p.warnOrder(s, set)
	p.proxy.Rules = append(p.proxy.Rules, Rule{Set: set, Words: s.Words[skip:], Folder: p.folder(s), At: s.At()})
}

// acl <name> <criterion> [<flags>] [<value>...]
func parseACL(p *parser, s syntax.Statement) {
	name := s.Argument(0)
	if c := invalidNameByte(name); c != 0 {
		p.failf(s, "character '%c' is not permitted in acl name '%s'.", c, name)
		return
	}
	if len(s.Words) < 3 {
		p.failf(s, "error detected while parsing ACL '%s' : missing fetch method in ACL expression ''.", name)
		return
	}
	p.addRule(s, "acl", 1)
}

// http-request|http-response|http-after-response <action> [<argument>...] [if|unless <condition>]
func parseRule(p *parser, s syntax.Statement) {
	if s.Argument(0) == "" {
		p.failf(s, "'%s' expects an action, but got '' (missing argument).", s.Keyword())
		return
	}
	p.addRule(s, s.Keyword(), 1)
}

// tcp-request connection|session|content <action> [if|unless <condition>]
// tcp-request inspect-delay <time>
// tcp-response content <action> [if|unless <condition>]
// tcp-response inspect-delay <time>
func parseTCPRule(p *parser, s syntax.Statement) {
	what := s.Argument(0)
	isRequest := s.Keyword() == "tcp-request"
	switch {
	case what == "":
		p.failf(s, "missing argument for '%s' in %s '%s'", s.Keyword(), p.proxy.Kind, p.proxy.Name)
	case !isRequest && (what == "content" || what == "inspect-delay") && (p.anonymous || p.proxy.Kind == Frontend):
		p.failf(s, "tcp-response %s is only allowed in 'backend' sections or 'defaults' section with a name", what)
	case isRequest && p.anonymous && slices.Contains([]string{"inspect-delay", "connection", "session", "content"}, what):
		p.failf(s, "tcp-request %s is not allowed in anonymous 'defaults' sections", what)
	case what == "inspect-delay":
		p.inspectDelay(s)
	case isRequest && (what == "connection" || what == "session") && p.proxy.Kind == Backend:
		p.failf(s, "%s %s is not allowed because %s %s is not a frontend", s.Keyword(), what, p.proxy.Kind, p.proxy.Name)
	case what == "content" || isRequest && (what == "connection" || what == "session"):
		p.addRule(s, s.Keyword()+" "+what, 2)
	case isRequest:
		p.failf(s, "'tcp-request' expects 'inspect-delay', 'connection', or 'content' in %s '%s' (got '%s')", p.proxy.Kind, p.proxy.Name, what)
	default:
		p.failf(s, "'tcp-response' expects 'inspect-delay' or 'content' in %s '%s' (got '%s')", p.proxy.Kind, p.proxy.Name, what)
	}
}

func (p *parser) inspectDelay(s syntax.Statement) {
	expected := fmt.Sprintf("'%s inspect-delay' expects a positive delay in milliseconds, in %s '%s'", s.Keyword(), p.proxy.Kind, p.proxy.Name)
	if s.Argument(1) == "" {
		p.failf(s, "%s", expected)
		return
	}
	d, err := syntax.ParseTime(s.Argument(1), time.Millisecond)
	switch {
	case err != nil:
		p.failf(s, "%s (%s)", expected, err)
	case s.Keyword() == "tcp-request":
		p.proxy.InspectDelay = d
	default:
		p.proxy.ResponseInspectDelay = d
	}
}

// use_backend <backend> [if|unless <condition>]
func parseUseBackend(p *parser, s syntax.Statement) {
	if s.Argument(0) == "" {
		p.failf(s, "'use_backend' expects a backend name.")
		return
	}
	if word := s.Argument(1); word != "" && word != "if" && word != "unless" {
		p.failf(s, "unexpected keyword '%s' after switching rule, only 'if' and 'unless' are allowed.", word)
		return
	}
	p.proxy.UseBackends = append(p.proxy.UseBackends, UseBackend{
		Backend:   Name{Text: s.Argument(0), At: s.At()},
		Condition: s.Words[2:],
		Folder:    p.folder(s),
	})
}
