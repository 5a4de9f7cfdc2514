package proxy

import (
	"strings"

	"tidelock/proxy/acl"
	"tidelock/proxy/config"
	"tidelock/proxy/config/syntax"
	"tidelock/proxy/persistence"
	"tidelock/proxy/sample"
	"tidelock/proxy/server"
	"tidelock/proxy/stream"
)

// persist gives a backend what keeps clients at their servers.
func persist(backend *server.Backend, section *config.Proxy, rules *rules) {
	p := &backend.Persistence
	p.Persist, p.Ignore = anyHolds(rules.forcePersist), anyHolds(rules.ignorePersist)
	if section.Persist {
		p.Persist = func(*stream.Stream) bool { return true }
	}
	if section.Cookie.Name != "" {
		c := newCookie(section.Cookie)
		c.Prepare(backend.Servers)
		p.Cookie = c
		backend.Proxy.ManagesCookie = c.Mode != persistence.Passive
	}
}

func newCookie(c config.Cookie) *persistence.Cookie {
	cookie := &persistence.Cookie{
		Name: c.Name, Indirect: c.Indirect, NoCache: c.NoCache, PostOnly: c.PostOnly, Preserve: c.Preserve,
		MaxIdle: c.MaxIdle, MaxLife: c.MaxLife,
	}
	switch {
	case c.Rewrite:
		cookie.Mode = persistence.Rewrite
	case c.Insert:
		cookie.Mode = persistence.Insert
	case c.Prefix:
		cookie.Mode = persistence.Prefix
	}
	var attributes strings.Builder
	for _, domain := range c.Domains {
		attributes.WriteString("; domain=" + domain)
	}
	if c.HTTPOnly {
		attributes.WriteString("; HttpOnly")
	}
	if c.Secure {
		attributes.WriteString("; Secure")
	}
	for _, attribute := range c.Attributes {
		attributes.WriteString("; " + attribute)
	}
	cookie.Attributes = attributes.String()
	return cookie
}

// persistRule compiles the condition of a force-persist or ignore-persist line.
func (l *ruleList) persistRule(r config.Rule, into *[]*acl.Condition) {
	condition, err := l.acls.Condition(l.compiler(l.section, sample.ServerChoice, r.At, r.Folder), syntax.Texts(r.Words))
	if err != nil {
		l.fail(err, r, "error detected while parsing a '%s' rule : %s", r.Set, sentence(err))
		return
	}
	*into = append(*into, condition)
}

// anyHolds returns what reports whether any of the conditions holds, nil without any.
func anyHolds(conditions []*acl.Condition) func(*stream.Stream) bool {
	if len(conditions) == 0 {
		return nil
	}
	return func(s *stream.Stream) bool {
		c := sample.Acquire(s, sample.ServerChoice)
		defer c.Release()
		for _, condition := range conditions {
			if condition.Holds(c) {
				return true
			}
		}
		return false
	}
}
