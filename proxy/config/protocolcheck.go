package config

import (
	"strings"

	"tidelock/proxy/config/syntax"
)

// The options of section 4.2 that check servers of certain protocols.

// option external-check
// option ldap-check
// option redis-check
// option ssl-hello-chk
func parsePlainCheck(p *parser, s syntax.Statement) {
	if p.noArguments(s) {
		p.proxy.HealthCheck.Kind = s.Argument(0)
	}
}

// option mysql-check [user <username> [post-41|pre-41]]
func parseMySQLCheck(p *parser, s syntax.Statement) {
	h := &p.proxy.HealthCheck
	protocol := s.Argument(3)
	switch {
	case len(s.Words) > 5:
		p.failf(s, "'option mysql-check' cannot handle unexpected argument '%s'.", s.Argument(4))
	case s.Argument(1) != "" && s.Argument(1) != "user":
		p.failf(s, "'option mysql-check' only supports optional values: 'user' (got '%s').", s.Argument(1))
	case s.Argument(1) == "user" && s.Argument(2) == "":
		p.failf(s, "'option mysql-check user' expects <username> as argument.")
	case protocol != "" && protocol != "post-41" && protocol != "pre-41":
		p.failf(s, "keyword 'user' only supports 'post-41' and 'pre-41' (got '%s').", protocol)
	default:
		h.Kind, h.User, h.OldProtocol = "mysql-check", s.Argument(2), protocol == "pre-41"
	}
}

// option pgsql-check user <username>
func parsePostgresCheck(p *parser, s syntax.Statement) {
	switch {
	case len(s.Words) > 4:
		p.failf(s, "'option pgsql-check' cannot handle unexpected argument '%s'.", s.Argument(3))
	case s.Argument(1) == "" || s.Argument(2) == "":
		p.failf(s, "'option pgsql-check' expects 'user <username>' as argument.")
	case s.Argument(1) != "user":
		p.failf(s, "'option pgsql-check' only supports optional values: 'user'.")
	default:
		p.proxy.HealthCheck.Kind, p.proxy.HealthCheck.User = "pgsql-check", s.Argument(2)
	}
}

// option smtpchk [{HELO|EHLO} <domain>]
func parseSMTPCheck(p *parser, s syntax.Statement) {
	if len(s.Words) > 4 {
		p.failf(s, "'option smtpchk' cannot handle unexpected argument '%s'.", s.Argument(3))
		return
	}
	greeting := "HELO localhost"
	if hello := s.Argument(1); (hello == "HELO" || hello == "EHLO") && s.Argument(2) != "" {
		greeting = hello + " " + s.Argument(2)
	}
	p.proxy.HealthCheck.Kind, p.proxy.HealthCheck.Greeting = "smtpchk", greeting
}

// external-check command <command>
// external-check path <path>
func parseExternalCheck(p *parser, s syntax.Statement) {
	h := &p.proxy.HealthCheck
	what := s.Argument(0)
	field := map[string]*string{"command": &h.Command, "path": &h.Path}[what]
	switch {
	case what == "":
		p.failf(s, "missing argument after '%s'.", s.Keyword())
	case field == nil:
		p.failf(s, "'%s' only supports 'command' and 'path'. but got '%s'.", s.Keyword(), what)
	case s.Argument(1) == "":
		p.failf(s, "missing argument after '%s'.", what)
	case !p.tooMany(s, 2):
		*field = s.Argument(1)
	}
}

// checkExternal looks for what external checks need beside their option.
func (p *parser) checkExternal(proxy *Proxy) {
	h := &proxy.HealthCheck
	if h.Command != "" && h.Path == "" && !strings.HasPrefix(h.Command, "/") {
		p.diags.Alertf(syntax.Position{}, "Proxy '%s': 'external-check command' does not have a leading '/' and 'external-check path' is not set.", proxy.Name)
	}
	if h.Kind != "external-check" {
		const ignored = "'external-check %s' will be ignored for %s '%s' (requires 'option external-check')."
		if h.Command != "" {
			p.diags.Warnf(syntax.Position{}, ignored, "command", proxy.Kind, proxy.Name)
		}
		if h.Path != "" {
			p.diags.Warnf(syntax.Position{}, ignored, "path", proxy.Kind, proxy.Name)
		}
		return
	}
	const option = "Proxy '%s' : 'option external-check' unable to find required '%s'."
	if !p.Global.ExternalCheck {
		p.diags.Alertf(syntax.Position{}, option, proxy.Name, "global.external-check")
	}
	if h.Command == "" {
		p.diags.Alertf(syntax.Position{}, option, proxy.Name, "external-check command")
	}
	if !p.Global.InsecureFork {
		p.diags.Warnf(syntax.Position{}, "Proxy '%s' : 'insecure-fork-wanted' not enabled in the global section, 'option external-check' will likely fail.", proxy.Name)
	}
}
