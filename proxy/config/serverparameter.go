package config

import (
	"errors"
	"net/netip"
	"slices"
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
	Enabled                    bool // said so, which matters for servers that are added while traffic runs
	NonStick                   bool // stick tables do not remember the server
	MaxConn, MinConn, MaxQueue int
	Cookie                     string
	Track                      string // [<proxy>/]<server>
	SlowStart                  time.Duration
	Redirect                   string   // redir
	InitAddr                   []string // methods and addresses; none for the default

	Resolvers        string // the section whose name servers are asked while serving; "" for none
	ResolveIPv4      bool   // prefer addresses of version 4
	ResolveNets      []netip.Prefix
	AllowDuplicateIP bool
	IgnoreSRVWeight  bool

	AgentCheck bool
	AgentPort  int
	AgentAddr  string // "" is the check's
	AgentInter time.Duration
	AgentSend  string

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

	Source         Source
	SOCKS4         Address // of the server that connects instead; no Network for none
	CheckViaSOCKS4 bool
	UserTimeout    time.Duration // tcp-ut

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
	{"agent-addr", 1, Supported, parseAgentAddr},
	{"agent-check", 0, Supported, set(func(q *ServerParameters) { q.AgentCheck = true })},
	{"agent-inter", 1, Supported, positiveDelay(func(q *ServerParameters) *time.Duration { return &q.AgentInter }, "agent-inter")},
	{"agent-port", 1, Supported, parseAgentPort},
	{"agent-send", 1, Supported, parseAgentSend},
	{"backup", 0, Supported, set(func(q *ServerParameters) { q.Backup = true })},
	{"check", 0, Supported, set(func(q *ServerParameters) { q.Check = true })},
	{"check-via-socks4", 0, Supported, set(func(q *ServerParameters) { q.CheckViaSOCKS4 = true })},
	{"cookie", 1, Supported, parseServerCookie},
	{"disabled", 0, Supported, set(func(q *ServerParameters) { q.Disabled = true })},
	{"downinter", 1, Supported, positiveDelay(func(q *ServerParameters) *time.Duration { return &q.DownInter }, "downinter")},
	{"enabled", 0, Supported, set(func(q *ServerParameters) { q.Disabled, q.Enabled = false, true })},
	{"error-limit", 1, Supported, parseErrorLimit},
	{"fall", 1, Supported, positive(func(q *ServerParameters) *int { return &q.Fall }, "'fall' has to be > 0.")},
	{"fastinter", 1, Supported, positiveDelay(func(q *ServerParameters) *time.Duration { return &q.FastInter }, "fastinter")},
	{"id", 1, Supported, parseServerID},
	{"init-addr", 1, Supported, parseInitAddr},
	{"inter", 1, Supported, positiveDelay(func(q *ServerParameters) *time.Duration { return &q.Inter }, "inter")},
	{"interface", 1, Supported, parseServerInterface},
	{"log-proto", 1, Supported, parseLogProto},
	{"max-reuse", 1, Supported, given("'max-reuse' expects <value> as argument.", limitOf(func(q *ServerParameters) *int { return &q.MaxReuse }))},
	{"maxconn", 1, Supported, countOf(func(q *ServerParameters) *int { return &q.MaxConn })},
	{"maxqueue", 1, Supported, countOf(func(q *ServerParameters) *int { return &q.MaxQueue })},
	{"minconn", 1, Supported, countOf(func(q *ServerParameters) *int { return &q.MinConn })},
	{"no-agent-check", 0, Supported, set(func(q *ServerParameters) { q.AgentCheck = false })},
	{"no-backup", 0, Supported, set(func(q *ServerParameters) { q.Backup = false })},
	{"no-check", 0, Supported, set(func(q *ServerParameters) { q.Check = false })},
	{"no-tfo", 0, NoEffect, nil},
	{"non-stick", 0, Supported, set(func(q *ServerParameters) { q.NonStick = true })},
	{"observe", 1, Supported, parseObserve},
	{"on-error", 1, Supported, parseOnError},
	{"on-marked-down", 1, Supported, parseOnMarkedDown},
	{"on-marked-up", 1, Supported, parseOnMarkedUp},
	{"pool-low-conn", 1, NoEffect, given("'pool-low-conn' expects <value> as argument.", countOf(func(*ServerParameters) *int { return new(int) }))},
	{"pool-max-conn", 1, Supported, given("'pool-max-conn' expects <value> as argument.", limitOf(func(q *ServerParameters) *int { return &q.PoolMaxConn }))},
	{"pool-purge-delay", 1, Supported, delay(func(q *ServerParameters) *time.Duration { return &q.PoolPurgeDelay }, "pool-purge-delay")},
	{"port", 1, Supported, given("'port' expects a port number as argument.", countOf(func(q *ServerParameters) *int { return &q.CheckPort }))},
	{"redir", 1, Supported, parseRedir},
	{"rise", 1, Supported, positive(func(q *ServerParameters) *int { return &q.Rise }, "'rise' has to be > 0.")},
	{"slowstart", 1, Supported, delay(func(q *ServerParameters) *time.Duration { return &q.SlowStart }, "slowstart")},
	{"socks4", 1, Supported, parseSOCKS4},
	{"source", 1, Supported, parseServerSource},
	{"stick", 0, Supported, set(func(q *ServerParameters) { q.NonStick = false })},
	{"tcp-ut", 1, Supported, parseUserTimeout},
	{"tfo", 0, NoEffect, nil}, // a hint to the kernel
	{"track", 1, Supported, parseTrack},
	{"weight", 1, Supported, parseWeight},
},
	parameterRows(Refused, 1, "namespace", "usesrc"),
	resolveParameters,
	securityParameters,
)

// securityParameters are those of TLS, of the protocols inside it, and of the PROXY protocol.
var securityParameters = slices.Concat([]serverParameter{
	{"check-alpn", 1, Supported, parseCheckALPN},
	{"check-proto", 1, Supported, serverProtocol("check-proto")},
	{"check-send-proxy", 0, Supported, set(func(q *ServerParameters) { q.CheckSendProxy = true })},
	{"check-sni", 1, Supported, parseCheckSNI},
	{"check-ssl", 0, Supported, set(func(q *ServerParameters) { q.CheckTLS = new(true) })},
	{"proto", 1, Supported, serverProtocol("proto")},
	{"ws", 1, Supported, parseWebSocket},
	{"no-check-send-proxy", 0, Supported, set(func(q *ServerParameters) { q.CheckSendProxy = false })},
	{"no-check-ssl", 0, Supported, set(func(q *ServerParameters) { q.CheckTLS = new(false) })},
},
	tlsServerParameters(),
	proxyParameters,
	parameterRows(Refused, 0, "allow-0rtt"),
)

// refusals are why parameters are refused that concern servers only; those of TLS have theirs beside them.
var refusals = map[string]string{
	"allow-0rtt": "Go's TLS sends no early data over TCP",
	"namespace":  "all connections are opened in the network namespace that the process was started in",
	"usesrc":     "connections come from addresses of this machine only",
}

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
		if p.adding && slices.Contains(configuredOnly, parameter.name) {
			p.report(syntax.Alert, word.At, s.Keyword(), "%s : '%s' option is not accepted for dynamic server", where, word.Text)
			return false
		}
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
			p.report(syntax.Alert, word.At, s.Keyword(), "%s : '%s' is not supported: %s.", where, word.Text, refusals[word.Text])
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
