package config

import (
	"slices"

	"tidelock/proxy/config/syntax"
)

// openProxy starts a defaults, frontend, listen or backend section. It reports whether its statements can be read.
//
//	frontend|listen|backend <name> [from <defaults>]
//	defaults [<name>] [from <defaults>]
func (p *parser) openProxy(header syntax.Statement) bool {
	words := syntax.Texts(header.Arguments())
	proxy := &Proxy{Settings: builtinSettings(), At: header.At()}
	proxy.Kind = Kind(slices.Index(kindSections[:], p.kind))
	if len(words) > 0 && (p.kind != inDefaults || words[0] != "from") {
		proxy.Name, words = words[0], words[1:]
	}
	p.anonymous = p.kind == inDefaults && proxy.Name == ""
	if proxy.Name == "" && p.kind != inDefaults {
		p.failf(header, "'%s' expects an <id> argument", header.Keyword())
		return false
	}
	if c := invalidNameByte(proxy.Name); c != 0 {
		p.failf(header, "character '%c' is not permitted in '%s' name '%s'.", c, header.Keyword(), proxy.Name)
	}
	parent := p.parent(header, proxy, words)
	if parent != nil {
		proxy.inherit(parent)
	}
	p.proxy, p.inherited = proxy, proxy.Timeouts
	if p.kind == inDefaults {
		p.defaults = proxy
		if same := p.named[proxy.Name]; same != nil {
			p.ambiguous[proxy.Name] = same
		}
		p.named[proxy.Name] = proxy
		return true
	}
	if same := p.sameName(proxy); same != nil {
		p.failf(header, "%s '%s' has the same name as %s '%s' declared at %s.", proxy.Kind, proxy.Name, same.Kind, same.Name, same.At)
	}
	p.Proxies = append(p.Proxies, proxy)
	return true
}

// parent returns the defaults section that a section inherits from: the one named, or the last before a proxy.
func (p *parser) parent(header syntax.Statement, proxy *Proxy, words []string) *Proxy {
	switch {
	case len(words) == 0 && proxy.Kind == Defaults:
		return nil
	case len(words) == 0:
		return p.defaults
	case words[0] == "from" && len(words) == 2:
		if parent := p.named[words[1]]; parent != nil {
			if first := p.ambiguous[words[1]]; first != nil {
				p.failf(header, "ambiguous defaults section name '%s' referenced by %s '%s' exists at least at %s and %s.",
					words[1], proxy.Kind, proxy.Name, first.At, parent.At)
			}
			return parent
		}
		p.failf(header, "defaults section '%s' not found for %s '%s'.", words[1], proxy.Kind, proxy.Name)
	case words[0] == "from":
		p.failf(header, "'%s' expects the name of a defaults section after 'from'", header.Keyword())
	case proxy.Kind.HasFrontend():
		p.failf(header, "please use the 'bind' keyword for listening addresses.")
	case proxy.Kind == Backend:
		return p.defaults // as in HAProxy, other words say nothing
	}
	return nil
}

// inherit copies what the defaults section hands down. Slices and maps are copied before they are added to.
func (proxy *Proxy) inherit(parent *Proxy) {
	proxy.Settings = parent.Settings
	if proxy.Kind == Defaults {
		proxy.Rules = slices.Clone(parent.Rules)
		return
	}
	proxy.Inherited = parent.Rules
	proxy.inheritedSteps = len(parent.HealthCheck.Steps)
}

// sameName returns a proxy that clients or servers could not tell from proxy, or nil.
func (p *parser) sameName(proxy *Proxy) *Proxy {
	same := p.Proxy(proxy.Name, Kind.HasFrontend)
	if same != nil && proxy.Kind.HasFrontend() {
		return same
	}
	same = p.Proxy(proxy.Name, Kind.HasBackend)
	if same != nil && proxy.Kind.HasBackend() {
		return same
	}
	return nil
}

// invalidNameByte returns the first byte that names must not have, or 0.
func invalidNameByte(name string) byte {
	for i := range len(name) {
		c := name[i]
		letterOrDigit := '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z'
		if !letterOrDigit && c != '_' && c != '-' && c != '.' && c != ':' {
			return c
		}
	}
	return 0
}
