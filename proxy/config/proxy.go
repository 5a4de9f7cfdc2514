package config

import (
	"time"

	"tidelock/proxy/config/syntax"
	"tidelock/proxy/sticktable"
)

// Kind is the kind of a proxy section.
type Kind uint8

const (
	Defaults Kind = iota
	Frontend
	Backend
	Listen // both
)

func (k Kind) String() string { return [...]string{"defaults", "frontend", "backend", "proxy"}[k] }

// kindSections are the sections as the tables of keywords know them.
var kindSections = [...]sections{Defaults: inDefaults, Frontend: inFrontend, Backend: inBackend, Listen: inListen}

// HasFrontend reports whether clients can connect to such a section.
func (k Kind) HasFrontend() bool { return k == Frontend || k == Listen }

// HasBackend reports whether such a section has servers.
func (k Kind) HasBackend() bool { return k == Backend || k == Listen }

// Mode says what a proxy understands of the bytes that it carries.
type Mode string

const (
	ModeTCP  Mode = "tcp"
	ModeHTTP Mode = "http"
)

// Proxy is one frontend, backend or listen section.
type Proxy struct {
	Settings
	Kind         Kind
	Name         string
	ID           int
	At           syntax.Position
	Disabled     bool
	Description  string
	ownStatsPage bool // a statement of the section itself is about it
	// inheritedSteps are how many of the steps of the health check the section inherits.
	inheritedSteps int
	Binds          []Bind
	Servers        []Server
	UseBackends    []UseBackend
	StickTable     *sticktable.Config // nil for none
	StickTableAt   syntax.Position
	Rules          []Rule
	Filters        []Filter
	Inherited      []Rule // of its defaults section: they run first and see only the ACLs declared there
}

// Settings are what a section inherits from its defaults.
type Settings struct {
	Mode           Mode
	Timeouts       Timeouts
	Maxconn        int // client connections at a time, 0 is the global limit
	Retries        int // further attempts to connect to a server
	DefaultBackend Name
	Connection     Connection
	Reuse          Reuse
	Options
	ForwardFor           ForwardFor
	OriginalTo           OriginalTo
	ClientProbes         Probes
	ServerProbes         Probes
	Source               Source
	SessionRate          int         // rate-limit sessions, 0 for no bound
	ServerNameHeader     string      // http-send-name-header, empty for none
	HeaderNames          HeaderNames // option http-restrict-req-hdr-names, empty for the default of the mode
	Redispatch           int         // option redispatch: every so many retries, or counted from the last when negative; 0 never
	LogStyle             LogStyle
	LogStyleAt           syntax.Position
	EmailAlert           EmailAlert
	LogFormat            Format // takes precedence over LogStyle
	ErrorLogFormat       Format
	StructuredData       Format // log-format-sd
	Logs                 []Log
	LogGlobal            bool // log global
	LogTag               string
	InspectDelay         time.Duration // tcp-request inspect-delay
	ResponseInspectDelay time.Duration // tcp-response inspect-delay
	UniqueIDFormat       Format
	UniqueIDHeader       string
	ErrorReplies         []ErrorReply
	MonitorURI           string
	DefaultServer        ServerParameters
	Cookie               Cookie
	DynamicCookieKey     string
	RDPCookie            string  // persist rdp-cookie, empty for none
	Dispatch             Address // where exchanges go that are bound to no server; the zero Address for none
	DispatchAt           syntax.Position
	Balance              Balance
	HealthCheck          HealthCheck
	HashType             HashType
	RetryOn              []string   // conditions of retry-on; none for the default
	RetryOff             bool       // retry-on none
	FullConn             int        // 0 for the default
	LoadState            string     // load-server-state-from-file: "global", "local", or "none" and "" for not at all
	StateFile            string     // server-state-file-name; "" for the name of the section
	StatsPage            *StatsPage // nil for none
	Compression          Compression
}

// LogStyle is a standard log format that an option chooses.
type LogStyle string

const (
	LogStyleDefault LogStyle = ""
	LogStyleHTTP    LogStyle = "httplog"
	LogStyleCLF     LogStyle = "httplog clf"
	LogStyleHTTPS   LogStyle = "httpslog"
	LogStyleTCP     LogStyle = "tcplog"
)

// setLogStyle chooses a standard format: the last statement of how to log wins.
func (s *Settings) setLogStyle(style LogStyle, at syntax.Position) {
	s.LogStyle, s.LogStyleAt, s.LogFormat = style, at, Format{}
}

// Timeouts of a proxy. Zero is unlimited, or for those that have one, the timeout that stands in for it.
type Timeouts struct {
	Client, Server, Connect, Queue, Tunnel, Check, Tarpit time.Duration
	ClientFin, ServerFin                                  time.Duration
	HTTPRequest, HTTPKeepAlive                            time.Duration
}

// Name refers to another section.
type Name struct {
	Text string
	At   syntax.Position
}

// Format is a log format, to be compiled. The zero Format says nothing was configured.
type Format struct {
	Text string
	At   syntax.Position
}

// Connection says how HTTP connections live on after an exchange.
type Connection uint8

const (
	KeepAlive   Connection = iota
	ServerClose            // one exchange for each to a server
	Close                  // one exchange for each
)

// Reuse says which requests may go over connections of other clients to servers.
type Reuse uint8

const (
	ReuseSafe Reuse = iota
	ReuseNever
	ReuseAggressive
	ReuseAlways
)

// UseBackend is one use_backend rule. Backend may be a log format.
type UseBackend struct {
	Backend   Name
	Condition []syntax.Word // "if" or "unless" and what follows, empty for always
	Folder    Folder        // of the files that the condition names
}

// Rule is one statement that package proxy compiles: an ACL, a rule of one of the rule sets, or another whose place among
// them matters.
type Rule struct {
	Set    string        // "acl", "http-request", "tcp-request content" ...
	Words  []syntax.Word // what follows the name of the set
	Folder Folder        // of the files that the words name
	At     syntax.Position

	Capture Capture // of the set "capture"
}

// builtinSettings are what a section has that inherits from no defaults.
func builtinSettings() Settings {
	return Settings{Mode: ModeTCP, Retries: 3, DefaultServer: defaultServerParameters()}
}
