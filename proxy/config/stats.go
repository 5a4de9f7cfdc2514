package config

import (
	"strconv"
	"time"

	"tidelock/proxy/config/syntax"
	"tidelock/proxy/nearest"
)

// Stats is what the global section says of the runtime API.
type Stats struct {
	Sockets []Bind
	Timeout time.Duration // of each wait for a client
	MaxConn int           // sessions at a time
}

func defaultStats() Stats { return Stats{Timeout: 10 * time.Second, MaxConn: 10} }

// stats socket <address> [<parameter>...], stats timeout <time>, stats maxconn <number>
func parseGlobalStats(p *parser, s syntax.Statement) {
	switch s.Argument(0) {
	case "socket":
		p.statsSocket(s)
	case "timeout":
		if d, ok := p.statsTimeout(s); ok {
			p.Global.Stats.Timeout = d
		}
	case "maxconn":
		n, _ := strconv.Atoi(s.Argument(1))
		if n <= 0 {
			p.failf(s, "'stats maxconn' expects a positive value")
			return
		}
		p.Global.Stats.MaxConn = n
	case "bind-process":
		if value := s.Argument(1); value != "1" && value != "all" && value != "odd" {
			p.failf(s, "'stats bind-process' : '%s' is not a valid number/range. It supports numbers from 1 to 1.", value)
		}
	default:
		p.failf(s, "'stats' only supports 'socket', 'maxconn', 'bind-process' and 'timeout' (got '%s')", s.Argument(0))
	}
}

func (p *parser) statsTimeout(s syntax.Statement) (time.Duration, bool) {
	d, err := syntax.ParseTime(s.Argument(1), time.Millisecond)
	switch {
	case err == syntax.ErrTimeOverflow:
		p.failf(s, "timer overflow in argument '%s' to 'stats timeout' (maximum value is 2147483647 ms or ~24.8 days)", s.Argument(1))
	case err != nil:
		p.failf(s, "'stats timeout' : %s", err)
	case d == 0:
		p.failf(s, "'stats timeout' expects a positive value")
	default:
		return d, true
	}
	return 0, false
}

func (p *parser) statsSocket(s syntax.Statement) {
	text := s.Argument(1)
	if text == "" {
		p.failf(s, "'stats socket' in global section expects an address or a path to a UNIX socket")
		return
	}
	addresses, err := parseAddress(text, portPolicy{mandatory: true, ranges: true, listen: true})
	if err != nil {
		p.failf(s, "'stats socket' : %s", err)
		return
	}
	settings := p.Global.UnixBind.settings()
	if failed := p.bindParameters(s, 2, settings); failed != nil {
		p.badSocket(s, failed)
		return
	}
	for _, a := range addresses {
		p.Global.Stats.Sockets = append(p.Global.Stats.Sockets, Bind{
			Address: p.Global.UnixBind.place(a), Text: text, At: s.At(), BindSettings: settings,
		})
	}
}

// badSocket reports a wrong parameter in the words that HAProxy has for it here.
func (p *parser) badSocket(s syntax.Statement, failed *parameterError) {
	switch suggestion := nearest.Name(failed.Text, bindNames); {
	case failed.reason != "":
		p.failf(s, "'stats socket' : '%s'", failed.reason)
	case suggestion == "":
		p.report(syntax.Alert, failed.At, s.Keyword(), "'stats socket' : unknown keyword '%s'.", failed.Text)
	default:
		p.report(syntax.Alert, failed.At, s.Keyword(), "'stats socket' : unknown keyword '%s'. Did you mean '%s' maybe ?", failed.Text, suggestion)
	}
}
