package config

import (
	"slices"

	"tidelock/proxy/config/syntax"
)

// EmailAlert is where mails about the servers of a proxy go. Without From, To and Mailers there are none.
type EmailAlert struct {
	From, To   string
	Mailers    string // name of a section
	MyHostname string // by which the machine introduces itself, "" for its own name
	Level      *int   // the least severe level that is told, nil for alert
}

// Complete reports whether mails can be sent.
func (e *EmailAlert) Complete() bool { return e.From != "" && e.To != "" && e.Mailers != "" }

// email-alert from <address> | to <address> | mailers <section> | myhostname <name> | level <level>
func parseEmailAlert(p *parser, s syntax.Statement) {
	e := &p.proxy.EmailAlert
	name, value := s.Argument(0), s.Argument(1)
	switch name {
	case "":
		p.failf(s, "missing argument after 'email-alert'.")
	case "from":
		e.From = value
	case "to":
		e.To = value
	case "mailers":
		e.Mailers = value
	case "myhostname":
		e.MyHostname = value
	case "level":
		level := slices.Index(LogLevels, value)
		if level < 0 {
			p.failf(s, "unknown log level '%s' after '%s'", name, value) // in HAProxy's order
			return
		}
		e.Level = &level
	default:
		p.failf(s, "email-alert: unknown argument '%s'.", name)
	}
}
