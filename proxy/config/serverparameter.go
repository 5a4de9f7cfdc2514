package config

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"tidelock/proxy/config/syntax"
	"tidelock/proxy/nearest"
)

// ServerParameters are what default-server can hand down (manual, section 5.2).
type ServerParameters struct {
	Weight                     int
	Backup                     bool
	Disabled                   bool
	MaxConn, MinConn, MaxQueue int
	Cookie                     string
	Track                      string // [<proxy>/]<server>
	SlowStart                  time.Duration
	InitAddr                   []string // methods and addresses; none for the default

	Check                       bool
	Inter, FastInter, DownInter time.Duration
	Rise, Fall                  int
	CheckPort                   int     // 0 is the server's
	CheckAddr                   Address // no Network for the server's
	CheckSendProxy              bool
	CheckTLS                    *bool // check-ssl, no-check-ssl; nil is as the traffic
	CheckSNI                    string
	CheckALPN                   []string

	TLS       TLS
	SendProxy SendProxy

	Observe                           string // "", "layer4" or "layer7"
	ErrorLimit                        int
	OnError                           string // "", "fastinter", "fail-check", "sudden-death" or "mark-down"
	ShutdownWhenDown, ShutdownBackups bool   // on-marked-down, on-marked-up

	PoolMaxConn, MaxReuse int // below 0 for any number
	PoolPurgeDelay        time.Duration

	Source Address // no Network for any

	OctetCount bool // log-proto octet-count: lines that a ring forwards have their length before them
}

// serverParameter is a row of the registry: a word on a server line, and how many words after it are its value.
type serverParameter struct {
	name    string
	values  int
	support Support
	parse   func(r *serverReader, value string) error // nil has nothing to do
}

// serverReader is what the parsers of parameters work with.
type serverReader struct {
	*parser
	statement syntax.Statement
	server    *Server
	// isDefault says that the line is one of default-server.
	isDefault bool
}

// serverParameters are in the order of their names. What concerns TLS and the PROXY protocol is in
// securityParameters.
var serverParameters = slices.Concat([]serverParameter{
	{"addr", 1, Supported, parseCheckAddr},
	{"backup", 0, Supported, set(func(q *ServerParameters) { q.Backup = true })},
	{"check", 0, Supported, set(func(q *ServerParameters) { q.Check = true })},
	{"cookie", 1, Supported, parseServerCookie},
	{"disabled", 0, Supported, set(func(q *ServerParameters) { q.Disabled = true })},
	{"downinter", 1, Supported, positiveDelay(func(q *ServerParameters) *time.Duration { return &q.DownInter }, "downinter")},
	{"enabled", 0, Supported, set(func(q *ServerParameters) { q.Disabled = false })},
	{"error-limit", 1, Supported, parseErrorLimit},
	{"fall", 1, Supported, positive(func(q *ServerParameters) *int { return &q.Fall }, "'fall' has to be > 0.")},
	{"fastinter", 1, Supported, positiveDelay(func(q *ServerParameters) *time.Duration { return &q.FastInter }, "fastinter")},
	{"id", 1, Supported, parseServerID},
	{"init-addr", 1, Supported, parseInitAddr},
	{"inter", 1, Supported, positiveDelay(func(q *ServerParameters) *time.Duration { return &q.Inter }, "inter")},
	{"log-proto", 1, Supported, parseLogProto},
	{"max-reuse", 1, Supported, limitOf(func(q *ServerParameters) *int { return &q.MaxReuse })},
	{"maxconn", 1, Supported, countOf(func(q *ServerParameters) *int { return &q.MaxConn })},
	{"maxqueue", 1, Supported, countOf(func(q *ServerParameters) *int { return &q.MaxQueue })},
	{"minconn", 1, Supported, countOf(func(q *ServerParameters) *int { return &q.MinConn })},
	{"no-backup", 0, Supported, set(func(q *ServerParameters) { q.Backup = false })},
	{"no-check", 0, Supported, set(func(q *ServerParameters) { q.Check = false })},
	{"no-tfo", 0, NoEffect, nil},
	{"observe", 1, Supported, parseObserve},
	{"on-error", 1, Supported, parseOnError},
	{"on-marked-down", 1, Supported, parseOnMarkedDown},
	{"on-marked-up", 1, Supported, parseOnMarkedUp},
	{"pool-low-conn", 1, NoEffect, countOf(func(*ServerParameters) *int { return new(int) })},
	{"pool-max-conn", 1, Supported, limitOf(func(q *ServerParameters) *int { return &q.PoolMaxConn })},
	{"pool-purge-delay", 1, Supported, delay(func(q *ServerParameters) *time.Duration { return &q.PoolPurgeDelay }, "pool-purge-delay")},
	{"port", 1, Supported, countOf(func(q *ServerParameters) *int { return &q.CheckPort })},
	{"rise", 1, Supported, positive(func(q *ServerParameters) *int { return &q.Rise }, "'rise' has to be > 0.")},
	{"slowstart", 1, Supported, delay(func(q *ServerParameters) *time.Duration { return &q.SlowStart }, "slowstart")},
	{"source", 1, Supported, parseServerSource},
	{"tfo", 0, NoEffect, nil}, // a hint to the kernel
	{"track", 1, Supported, parseTrack},
	{"weight", 1, Supported, parseWeight},
},
	parameterRows(Refused, 0, "agent-check", "check-via-socks4", "no-agent-check"),
	parameterRows(Refused, 1, "agent-addr", "agent-inter", "agent-port", "agent-send", "namespace", "redir", "resolve-net",
		"resolve-opts", "resolve-prefer", "resolvers", "socks4", "tcp-ut", "usesrc"),
	securityParameters,
)

// securityParameters are those of TLS, of the protocols inside it, and of the PROXY protocol.
var securityParameters = slices.Concat([]serverParameter{
	{"check-alpn", 1, Supported, parseCheckALPN},
	{"check-send-proxy", 0, Supported, set(func(q *ServerParameters) { q.CheckSendProxy = true })},
	{"check-sni", 1, Supported, parseCheckSNI},
	{"check-ssl", 0, Supported, set(func(q *ServerParameters) { q.CheckTLS = new(true) })},
	{"no-check-send-proxy", 0, Supported, set(func(q *ServerParameters) { q.CheckSendProxy = false })},
	{"no-check-ssl", 0, Supported, set(func(q *ServerParameters) { q.CheckTLS = new(false) })},
},
	tlsServerParameters(),
	proxyParameters,
	parameterRows(Refused, 0, "allow-0rtt"),
	parameterRows(Refused, 1, "check-proto", "proto", "ws"),
)

// check-sni <name>
func parseCheckSNI(r *serverReader, value string) error {
	if value == "" {
		return errors.New("'check-sni' : missing SNI.")
	}
	r.server.CheckSNI = value
	return nil
}

// check-alpn <protocol>[,<protocol>...]
func parseCheckALPN(r *serverReader, value string) error {
	if value == "" {
		return errors.New("'check-alpn' : missing the comma-delimited ALPN protocol suite.")
	}
	r.server.CheckALPN = strings.Split(value, ",")
	return nil
}

func parameterRows(support Support, values int, names ...string) []serverParameter {
	table := make([]serverParameter, len(names))
	for i, name := range names {
		table[i] = serverParameter{name, values, support, nil}
	}
	return table
}

// serverParameters reads the parameters from argument i on. It reports whether all are valid.
func (p *parser) serverParameters(s syntax.Statement, i int, where string, into *Server) bool {
	r := &serverReader{parser: p, statement: s, server: into, isDefault: into.Name == ""}
	for ; i < len(s.Words)-1; i++ {
		word := s.Words[i+1]
		row := slices.IndexFunc(serverParameters, func(row serverParameter) bool { return row.name == word.Text })
		if row < 0 {
			var known []string
			for _, row := range serverParameters {
				known = append(known, row.name)
			}
			p.report(syntax.Alert, word.At, s.Keyword(), "%s : unknown keyword '%s'%s",
				where, word.Text, nearest.Suggestion(word.Text, slices.Values(known)))
			return false
		}
		parameter := serverParameters[row]
		value := ""
		if parameter.values > 0 {
			i++
			value = s.Argument(i)
		}
		if parameter.parse != nil {
			if err := parameter.parse(r, value); err != nil {
				p.report(syntax.Alert, word.At, s.Keyword(), "%s : %s", where, err)
				return false
			}
		}
		if parameter.support == Refused {
			p.report(syntax.Alert, word.At, s.Keyword(), "%s : '%s' is not supported yet by this version.", where, word.Text)
			return false
		}
	}
	return true
}

func set(f func(*ServerParameters)) func(*serverReader, string) error {
	return func(r *serverReader, _ string) error {
		f(&r.server.ServerParameters)
		return nil
	}
}

// leading reads the number at the start of a text, as HAProxy does: what is none counts as 0.
func leading(text string) int {
	end := 0
	for end < len(text) && ('0' <= text[end] && text[end] <= '9' || end == 0 && text[0] == '-') {
		end++
	}
	n, _ := strconv.ParseInt(text[:end], 10, 32)
	return int(n)
}

func countOf(field func(*ServerParameters) *int) func(*serverReader, string) error {
	return func(r *serverReader, value string) error {
		*field(&r.server.ServerParameters) = max(leading(value), 0)
		return nil
	}
}

// limitOf reads a number of which those below 0 mean no limit.
func limitOf(field func(*ServerParameters) *int) func(*serverReader, string) error {
	return func(r *serverReader, value string) error {
		*field(&r.server.ServerParameters) = max(leading(value), -1)
		return nil
	}
}

func positive(field func(*ServerParameters) *int, message string) func(*serverReader, string) error {
	return func(r *serverReader, value string) error {
		n := leading(value)
		if n <= 0 {
			return fmt.Errorf("%s", message)
		}
		*field(&r.server.ServerParameters) = n
		return nil
	}
}

func delay(field func(*ServerParameters) *time.Duration, name string) func(*serverReader, string) error {
	return func(r *serverReader, value string) error {
		if value == "" {
			return fmt.Errorf("'%s' expects a delay as argument.", name)
		}
		d, err := syntax.ParseTime(value, time.Millisecond)
		if err != nil {
			return fmt.Errorf("%w in '%s' argument of server %s.", err, name, r.server.Name)
		}
		*field(&r.server.ServerParameters) = d
		return nil
	}
}

func positiveDelay(field func(*ServerParameters) *time.Duration, name string) func(*serverReader, string) error {
	read := delay(field, name)
	return func(r *serverReader, value string) error {
		if err := read(r, value); err != nil {
			return err
		}
		if *field(&r.server.ServerParameters) <= 0 {
			return fmt.Errorf("invalid value %s for argument '%s' of server %s.", value, name, r.server.Name)
		}
		return nil
	}
}

func parseWeight(r *serverReader, value string) error {
	n := leading(value)
	if n < 0 || n > 256 {
		return fmt.Errorf("weight of server %s is not within 0 and 256 (%d).", r.server.Name, n)
	}
	r.server.Weight = n
	return nil
}

func parseServerID(r *serverReader, value string) error {
	if r.isDefault {
		return fmt.Errorf("'id' option is not accepted in default-server sections")
	}
	if r.server.ID = leading(value); r.server.ID <= 0 {
		return fmt.Errorf("'id' : custom id has to be > 0.")
	}
	r.server.FixedID = true
	return nil
}

func parseServerCookie(r *serverReader, value string) error {
	if value == "" {
		return fmt.Errorf("'cookie' expects <value> as argument.")
	}
	r.server.Cookie = value
	return nil
}

func parseTrack(r *serverReader, value string) error {
	if value == "" {
		return fmt.Errorf("'track' expects [<proxy>/]<server> as argument.")
	}
	r.server.Track = value
	return nil
}

func parseErrorLimit(r *serverReader, value string) error {
	if value == "" {
		return fmt.Errorf("'error-limit' expects an integer argument.")
	}
	if r.server.ErrorLimit = leading(value); r.server.ErrorLimit <= 0 {
		return fmt.Errorf("error-limit has to be > 0.")
	}
	return nil
}

func parseObserve(r *serverReader, value string) error {
	switch value {
	case "none":
		r.server.Observe = ""
	case "layer4", "layer7":
		r.server.Observe = value
	default:
		return fmt.Errorf("'observe' expects one of 'none', 'layer4', 'layer7' but got '%s'.", value)
	}
	return nil
}

func parseOnError(r *serverReader, value string) error {
	switch value {
	case "fastinter", "fail-check", "sudden-death", "mark-down":
		r.server.OnError = value
		return nil
	}
	return fmt.Errorf("'on-error' expects one of 'fastinter', 'fail-check', 'sudden-death' or 'mark-down' but got '%s'.", value)
}

func parseOnMarkedDown(r *serverReader, value string) error {
	if value != "shutdown-sessions" {
		return fmt.Errorf("'on-marked-down' expects 'shutdown-sessions' but got '%s'.", value)
	}
	r.server.ShutdownWhenDown = true
	return nil
}

func parseOnMarkedUp(r *serverReader, value string) error {
	if value != "shutdown-backup-sessions" {
		return fmt.Errorf("'on-marked-up' expects 'shutdown-backup-sessions' but got '%s'.", value)
	}
	r.server.ShutdownBackups = true
	return nil
}

func parseInitAddr(r *serverReader, value string) error {
	r.server.InitAddr = nil
	for method := range strings.SplitSeq(value, ",") {
		switch method {
		case "last", "libc", "none":
		default:
			if a, err := parseAddress(method, portPolicy{}); err != nil || !isLiteral(a[0].Host) {
				return fmt.Errorf("'init-addr' : unknown init-addr method '%s', supported methods are 'libc', 'last', 'none'.", method)
			}
		}
		r.server.InitAddr = append(r.server.InitAddr, method)
	}
	return nil
}

func parseCheckAddr(r *serverReader, value string) error {
	addresses, err := parseAddress(value, portPolicy{})
	switch {
	case err != nil:
		return fmt.Errorf("'addr' : %w.", err)
	case addresses[0].Network != "unix" && !isLiteral(addresses[0].Host):
		return fmt.Errorf("'addr' : invalid address: '%s' in '%s'.", addresses[0].Host, value)
	}
	r.server.CheckAddr = addresses[0]
	return nil
}

func parseServerSource(r *serverReader, value string) error {
	addresses, err := parseAddress(value, portPolicy{})
	switch {
	case value == "":
		return fmt.Errorf("'source' expects <addr>[:<port>[-<port>]], and optionally 'usesrc' <addr>, and 'interface' <name> as argument.")
	case err != nil:
		return fmt.Errorf("'source' : %w.", err)
	case !isLiteral(addresses[0].Host):
		return fmt.Errorf("'source' : invalid address: '%s' in '%s'.", addresses[0].Host, value)
	}
	r.server.Source = addresses[0]
	return nil
}
