package config

import "tidelock/proxy/config/syntax"

// id <number>
func parseID(p *parser, s syntax.Statement) {
	n, _ := decimal(s.Argument(0))
	switch {
	case p.tooMany(s, 1):
		return
	case s.Argument(0) == "":
		p.failf(s, "'id' expects an integer argument.")
		return
	case n == 0:
		p.failf(s, "custom id has to be > 0.")
		return
	}
	for _, other := range p.Proxies {
		if other.ID == n && other != p.proxy {
			p.failf(s, "%s %s reuses same custom id as %s %s (declared at %s).", p.proxy.Kind, p.proxy.Name, other.Kind, other.Name, other.At)
			return
		}
	}
	p.proxy.ID = n
}

// identify numbers the proxies that have no number of their own: with their place, or the next that is free.
func (p *parser) identify() {
	taken := map[int]bool{}
	for _, proxy := range p.Proxies {
		taken[proxy.ID] = true
	}
	next := 1
	if len(p.Global.Stats.Sockets) > 0 {
		next++ // HAProxy counts the sockets of the runtime API as a proxy
	}
	for _, proxy := range p.Proxies {
		for taken[next] {
			next++
		}
		if proxy.ID == 0 {
			proxy.ID = next
		}
		next++
	}
}
