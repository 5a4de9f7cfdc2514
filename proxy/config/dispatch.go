package config

import (
	"tidelock/proxy/config/syntax"
)

// dispatch <address>:<port>
func parseDispatch(p *parser, s syntax.Statement) {
	text := s.Argument(0)
	if text == "" {
		p.failf(s, "'dispatch' : '' resolves to an empty address (environment variable missing?)\n")
		return
	}
	addresses, err := parseAddress(text, portPolicy{mandatory: true})
	switch {
	case err != nil:
		p.failf(s, "'dispatch' : %s", err)
	case p.tooMany(s, 1):
	case addresses[0].Network == "fd":
		p.failf(s, "'dispatch' : unsupported address family 'fd' in '%s'", text)
	default:
		p.proxy.Dispatch, p.proxy.DispatchAt = addresses[0], s.At()
	}
}

// transparent
func parseTransparent(p *parser, s syntax.Statement) {
	if !p.tooMany(s, 0) {
		p.proxy.Transparent = true
	}
}

// Direct reports whether exchanges that are bound to no server go elsewhere than to one.
func (proxy *Proxy) Direct() bool {
	return proxy.Balance.Algorithm == "" && (proxy.Dispatch.Network != "" || proxy.Transparent)
}

// checkDirect reports what cannot be had together with a choice among servers.
func (p *parser) checkDirect(proxy *Proxy) {
	switch {
	case proxy.Balance.Algorithm == "":
	case proxy.Dispatch.Network != "":
		p.diags.Warnf(syntax.Position{}, "dispatch address of proxy '%s' will be ignored in balance mode.", proxy.Name)
	case proxy.Transparent:
		p.diags.Alertf(syntax.Position{}, "proxy '%s' cannot use both transparent and balance mode.", proxy.Name)
	}
}
