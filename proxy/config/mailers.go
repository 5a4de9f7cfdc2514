package config

import (
	"time"

	"tidelock/proxy/config/syntax"
)

// Mailers is one mailers section: the mail servers that take alerts (manual, section 3.6).
type Mailers struct {
	Name    string
	Mailers []Mailer
	Timeout time.Duration // for one mail
	At      syntax.Position
}

// Mailer is one mail server.
type Mailer struct {
	Name    string
	Address Address
	At      syntax.Position
}

var mailersKeywords = []keyword{
	{"mailer", inMailers, parseMailer, Supported},
	{"timeout", inMailers, parseMailersTimeout, Supported},
}

// mailers <name>
func openMailers(p *parser, header syntax.Statement) bool {
	name := header.Argument(0)
	if name == "" {
		p.failf(header, "missing name for mailers section.")
		return false
	}
	if !p.validName(header) {
		return false
	}
	if i := named(p.Configuration.Mailers, name, func(m *Mailers) string { return m.Name }); i >= 0 {
		p.failf(header, "mailers section '%s' has the same name as another mailers section declared at %s.", name, p.Configuration.Mailers[i].At)
		return false
	}
	p.Configuration.Mailers = append(p.Configuration.Mailers, Mailers{Name: name, Timeout: 10 * time.Second, At: header.At()})
	return true
}

// mailer <name> <address>:<port>
func parseMailer(p *parser, s syntax.Statement) {
	if len(s.Words) < 3 {
		p.failf(s, "'mailer' expects <name> and <addr>[:<port>] as arguments.")
		return
	}
	addresses, err := parseAddress(s.Argument(1), portPolicy{mandatory: true, numeric: true})
	if err != nil {
		p.failf(s, "'mailer %s' : %s", s.Argument(0), err)
		return
	}
	section := last(p.Configuration.Mailers)
	section.Mailers = append(section.Mailers, Mailer{Name: s.Argument(0), Address: addresses[0], At: s.At()})
}

// timeout mail <time>
func parseMailersTimeout(p *parser, s syntax.Statement) {
	switch name := s.Argument(0); {
	case name == "":
		p.failf(s, "'timeout' expects 'mail' and <time> as arguments.")
	case name != "mail":
		p.failf(s, "'timeout' expects 'mail' and <time> as arguments got '%s'.", name)
	case s.Argument(1) == "":
		p.failf(s, "'timeout mail' expects <time> as argument.")
	default:
		if d, ok := p.argumentTime(s, s.Argument(1), "timeout mail"); ok {
			last(p.Configuration.Mailers).Timeout = d
		}
	}
}
