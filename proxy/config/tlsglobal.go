package config

import (
	"errors"
	"strings"

	"tidelock/proxy/config/syntax"
)

// GlobalTLS is what the global section says of TLS.
type GlobalTLS struct {
	CertificateBase, AuthorityBase string // crt-base, ca-base: folders of relative file names
	Bind, Server                   TLS    // what lines leave open

	CaptureSize    int  // of clients' hellos, in bytes; 0 keeps nothing
	KeyLog         bool // the secrets of connections are kept
	SkipSelfIssued bool // authorities that issued themselves are not sent along with certificates
}

// tlsGlobalKeywords are the rows of the global section that concern TLS.
var tlsGlobalKeywords = []keyword{
	{"ca-base", inGlobal, tlsBase(func(g *Global) *string { return &g.AuthorityBase }), Supported},
	{"crt-base", inGlobal, tlsBase(func(g *Global) *string { return &g.CertificateBase }), Supported},
	{"ssl-default-bind-ciphers", inGlobal, tlsDefault(func(g *Global) *string { return &g.Bind.Ciphers }, "a cipher suite as an argument."), Supported},
	{"ssl-default-bind-ciphersuites", inGlobal, tlsDefault(func(g *Global) *string { return &g.Bind.CipherSuites }, "a cipher suite as an argument."), Supported},
	{"ssl-default-bind-curves", inGlobal, tlsDefault(func(g *Global) *string { return &g.Bind.Curves }, "a curves suite as an arguments."), Supported},
	{"ssl-default-bind-options", inGlobal, tlsOptions(func(g *Global) *TLS { return &g.Bind }, tlsInDefaults), Supported},
	{"ssl-default-server-ciphers", inGlobal, tlsDefault(func(g *Global) *string { return &g.Server.Ciphers }, "a cipher suite as an argument."), Supported},
	{"ssl-default-server-ciphersuites", inGlobal, tlsDefault(func(g *Global) *string { return &g.Server.CipherSuites }, "a cipher suite as an argument."), Supported},
	{"ssl-default-server-options", inGlobal, tlsOptions(func(g *Global) *TLS { return &g.Server }, tlsInServerDefs), Supported},
	{"ssl-server-verify", inGlobal, parseServerVerify, Supported},
}

// crt-base <folder>, ca-base <folder>
func tlsBase(field func(*Global) *string) parseFunc {
	return func(p *parser, s syntax.Statement) {
		base := field(&p.Global)
		switch {
		case p.tooMany(s, 1):
		case *base != "":
			p.failf(s, "'%s' already specified.", s.Keyword())
		case s.Argument(0) == "":
			p.failf(s, "global statement '%s' expects a directory path as an argument.", s.Keyword())
		default:
			*base = s.Argument(0)
		}
	}
}

// tlsDefault makes the parser of a keyword with one argument, which lines may override.
func tlsDefault(field func(*Global) *string, missing string) parseFunc {
	return func(p *parser, s syntax.Statement) {
		switch {
		case p.tooMany(s, 1):
		case s.Argument(0) == "":
			p.failf(s, "global statement '%s' expects %s", s.Keyword(), missing)
		default:
			*field(&p.Global) = s.Argument(0)
		}
	}
}

// ssl-default-bind-options <parameter>..., ssl-default-server-options <parameter>...
func tlsOptions(field func(*Global) *TLS, place tlsPlaces) parseFunc {
	return func(p *parser, s syntax.Statement) {
		words := syntax.Texts(s.Arguments())
		if len(words) == 0 {
			p.failf(s, "global statement '%s' expects an option as an argument.", s.Keyword())
			return
		}
		read, err := p.tlsReader(s, field(&p.Global)).parameters(words, place)
		switch {
		case errors.Is(err, errUnknownParameter):
			p.failf(s, "unknown option '%s' on global statement '%s'.", words[read], s.Keyword())
		case err != nil:
			p.failf(s, "%s on global statement '%s'.", strings.TrimSuffix(err.Error(), "."), s.Keyword())
		}
	}
}

// ssl-server-verify none|required
func parseServerVerify(p *parser, s syntax.Statement) {
	switch value := s.Argument(0); {
	case p.tooMany(s, 1):
	case value == "":
		p.failf(s, "'ssl-server-verify' expects an integer argument.")
	case value == "none":
		p.Global.Server.Verify = VerifyNone
	case value == "required":
		p.Global.Server.Verify = VerifyRequired
	default:
		p.failf(s, "'ssl-server-verify' expects 'none' or 'required' as argument.")
	}
}
