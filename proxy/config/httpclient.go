package config

import "tidelock/proxy/config/syntax"

// HTTPClient is how scripts' own requests are sent.
type HTTPClient struct {
	Resolvers  string // the resolvers section that finds addresses; "" for the system's way
	PreferIPv4 bool
	Verify     Verify
	CAFile     string // "" for the authorities that the system trusts

	// ResolversAt and CAFileAt are where these were asked for, and zero where they were not: what was asked for must work.
	ResolversAt, CAFileAt syntax.Position
}

var httpClientKeywords = []keyword{
	{"httpclient.resolvers.id", inGlobal, parseClientResolvers, Supported},
	{"httpclient.resolvers.prefer", inGlobal, parseClientFamily, Supported},
	{"httpclient.ssl.ca-file", inGlobal, parseClientAuthority, Supported},
	{"httpclient.ssl.verify", inGlobal, parseClientVerify, Supported},
}

// httpclient.resolvers.id <resolvers>
func parseClientResolvers(p *parser, s syntax.Statement) {
	if !p.tooMany(s, 1) {
		c := &p.Global.HTTPClient
		c.Resolvers, c.ResolversAt = s.Argument(0), s.At()
	}
}

// httpclient.resolvers.prefer ipv4|ipv6
func parseClientFamily(p *parser, s syntax.Statement) {
	if p.tooMany(s, 1) {
		return
	}
	switch s.Argument(0) {
	case "ipv4", "ipv6":
		p.Global.HTTPClient.PreferIPv4 = s.Argument(0) == "ipv4"
	default:
		p.failf(s, "'httpclient.resolvers.prefer' expects 'ipv4' or 'ipv6' as argument.")
	}
}

// httpclient.ssl.ca-file <file>
func parseClientAuthority(p *parser, s syntax.Statement) {
	if p.tooMany(s, 1) {
		return
	}
	c := &p.Global.HTTPClient
	c.CAFile, c.CAFileAt = s.Argument(0), s.At()
}

// httpclient.ssl.verify none|required
func parseClientVerify(p *parser, s syntax.Statement) {
	if p.tooMany(s, 1) {
		return
	}
	switch s.Argument(0) {
	case "none":
		p.Global.HTTPClient.Verify = VerifyNone
	case "required":
		p.Global.HTTPClient.Verify = VerifyRequired
	default:
		p.failf(s, "'httpclient.ssl.verify' expects 'none' or 'required' as argument.")
	}
}
