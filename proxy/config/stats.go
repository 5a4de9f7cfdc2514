package config

import (
	"io/fs"
	"os/user"
	"slices"
	"strconv"
	"time"

	"tidelock/proxy/config/syntax"
	"tidelock/proxy/nearest"
)

// Stats is what the global section says of the runtime API.
type Stats struct {
	Sockets []StatsSocket
	Timeout time.Duration // of each wait for a client
	MaxConn int           // sessions at a time
}

func defaultStats() Stats { return Stats{Timeout: 10 * time.Second, MaxConn: 10} }

// StatsSocket is one address that the runtime API listens on.
type StatsSocket struct {
	Bind
	Level    string // "user", "operator" or "admin"
	Severity string // what messages begin with: "none", "number" or "string"
	UID, GID int    // owner of a unix socket, -1 leaves it to the process
}

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
	socket := StatsSocket{Level: "operator", Severity: "none", UID: -1, GID: -1, Bind: Bind{Text: text, At: s.At()}}
	if !p.statsParameters(s, &socket) {
		return
	}
	for _, socket.Address = range addresses {
		p.Global.Stats.Sockets = append(p.Global.Stats.Sockets, socket)
	}
}

// statsParameter is a parameter of stats socket with a value. Apply returns what is wrong with it, or "".
type statsParameter struct {
	name  string
	apply func(b *StatsSocket, value string) (reason string)
}

// statsParameters are those of bind that say something of the runtime API. Those without a function say nothing here.
var statsParameters = []statsParameter{
	{"backlog", nil},
	{"expose-fd", exposeListeners},
	{"gid", ownerNumber(func(b *StatsSocket) *int { return &b.GID })},
	{"group", setGroup},
	{"id", nil},
	{"level", oneOf(func(b *StatsSocket) *string { return &b.Level }, "missing level", "user", "operator", "admin")},
	{"maxconn", nil},
	{"mode", setMode},
	{"name", nil},
	{"nice", nil},
	{"process", nil},
	{"severity-output", oneOf(func(b *StatsSocket) *string { return &b.Severity }, "missing severity format", "none", "number", "string")},
	{"thread", nil},
	{"uid", ownerNumber(func(b *StatsSocket) *int { return &b.UID })},
	{"user", setUser},
}

func (p *parser) statsParameters(s syntax.Statement, socket *StatsSocket) bool {
	for i := 2; i < len(s.Words)-1; i++ {
		name := s.Argument(i)
		if name == "v4v6" || name == "v6only" {
			socket.V6Only = name == "v6only"
			continue
		}
		row := slices.IndexFunc(statsParameters, func(r statsParameter) bool { return r.name == name })
		if row < 0 {
			known := func(yield func(string) bool) {
				for _, r := range statsParameters {
					if !yield(r.name) {
						return
					}
				}
			}
			suggestion := ""
			if near := nearest.Name(name, known); near != "" {
				suggestion = " Did you mean '" + near + "' maybe ?"
			}
			p.report(syntax.Alert, s.Words[i+1].At, s.Keyword(), "'stats socket' : unknown keyword '%s'.%s", name, suggestion)
			return false
		}
		i++
		if apply := statsParameters[row].apply; apply != nil {
			if reason := apply(socket, s.Argument(i)); reason != "" {
				p.failf(s, "'stats socket' : ''%s' %s'", name, reason)
				return false
			}
		}
	}
	return true
}

func setMode(b *StatsSocket, value string) string {
	mode, err := strconv.ParseUint(value, 8, 9)
	if err != nil {
		return ": missing or invalid mode '" + value + "' (octal integer expected)"
	}
	b.Permission = fs.FileMode(mode)
	return ""
}

func setUser(b *StatsSocket, name string) string {
	found, err := user.Lookup(name)
	if err != nil {
		return ": unknown user name '" + name + "'"
	}
	b.UID, _ = strconv.Atoi(found.Uid)
	return ""
}

func setGroup(b *StatsSocket, name string) string {
	found, err := user.LookupGroup(name)
	if err != nil {
		return ": unknown group name '" + name + "'"
	}
	b.GID, _ = strconv.Atoi(found.Gid)
	return ""
}

func ownerNumber(field func(*StatsSocket) *int) func(*StatsSocket, string) string {
	return func(b *StatsSocket, value string) (reason string) {
		n, ok := decimal(value)
		switch {
		case value == "":
			return ": missing value"
		case !ok:
			return ": invalid value '" + value + "'"
		}
		*field(b) = n
		return ""
	}
}

func oneOf(field func(*StatsSocket) *string, missing string, names ...string) func(*StatsSocket, string) string {
	return func(b *StatsSocket, value string) string {
		switch {
		case value == "":
			return ": " + missing
		case !slices.Contains(names, value):
			last := len(names) - 1
			return "only supports '" + names[0] + "', '" + names[1] + "', and '" + names[last] + "' (got '" + value + "')"
		}
		*field(b) = value
		return ""
	}
}

// exposeListeners is for processes that ask for the listening sockets when they take over. It grants nothing here.
func exposeListeners(_ *StatsSocket, value string) string {
	switch value {
	case "listeners":
		return ""
	case "":
		return ": missing fd type"
	}
	return "only supports 'listeners' (got '" + value + "')"
}
