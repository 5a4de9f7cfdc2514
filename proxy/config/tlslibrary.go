package config

import "tidelock/proxy/config/syntax"

// tlsLibraryKeywords steer the TLS library. crypto/tls has no engines and no providers to choose among.
var tlsLibraryKeywords = []keyword{
	{"ssl-engine", inGlobal, refuseLibrary("there are no engines: crypto/tls computes itself"), Refused},
	{"ssl-propquery", inGlobal, refuseLibrary("there are no providers to choose among: crypto/tls computes itself"), Refused},
	{"ssl-provider", inGlobal, parseProvider, Supported},
	{"ssl-skip-self-issued-ca", inGlobal, parseSkipSelfIssued, Supported},
}

func refuseLibrary(why string) parseFunc {
	return func(p *parser, s syntax.Statement) { p.failf(s, "'%s' is not supported: %s.", s.Keyword(), why) }
}

// ssl-provider <name>
//
// What OpenSSL's own providers "default" and "base" do, crypto/tls does.
func parseProvider(p *parser, s syntax.Statement) {
	switch name := s.Argument(0); name {
	case "":
		p.failf(s, "global statement 'ssl-provider' expects a valid engine provider name as an argument.")
	case "default", "base":
	default:
		p.failf(s, "ssl-provider %s: unknown provider", name)
	}
}

// ssl-skip-self-issued-ca
func parseSkipSelfIssued(p *parser, _ syntax.Statement) { p.Global.SkipSelfIssued = true }
