// Package stream holds the state of one exchange between a client and a server: what samples read, rules change,
// scripts see and logs report. The code that moves bytes is in proxy/frontend.
package stream

import (
	"context"
	"net/netip"
	"sync/atomic"
	"time"

	"tidelock/proxy/counter"
	"tidelock/proxy/message"
	"tidelock/proxy/sticktable"
	"tidelock/proxy/variable"
	"tidelock/proxy/violation"
)

// Mode says what a proxy understands of the bytes that it carries.
type Mode uint8

const (
	ModeTCP Mode = iota
	ModeHTTP
)

// Proxy identifies a frontend, backend or listen section to samples, scripts and logs.
type Proxy struct {
	Name string
	ID   int
	Mode Mode

	// Say sends a line to the section's log targets, at one of syslog's levels, and reports whether one of them takes it.
	// Nil has no targets.
	Say func(level int, text []byte) bool

	// LogLines is how many log lines the frontend has written (%lc).
	LogLines atomic.Uint64

	// What is counted, each side by itself because a listen section has two. Nil counts nothing.
	FrontendCounters, BackendCounters *counter.Row
	Process                           *counter.Process

	// Refused keeps messages that broke the protocol. Nil keeps none.
	Refused    *violation.Last
	Violations *violation.Counter

	// What the proxy is configured for, and samples tell.
	ClientTimeout, ServerTimeout, TunnelTimeout time.Duration
	DefaultBackend                              string
	// Stopping is set once the configuration that the proxy belongs to takes no new connections; nil is never.
	Stopping *atomic.Bool

	// LoggedLine is how many bytes of request lines are logged, 0 for the default (tune.http.logurilen).
	LoggedLine int
	// RequestSlots and ResponseSlots are the lengths of a frontend's capture slots.
	RequestSlots, ResponseSlots []int
	// UniqueID appends the identifier that unique-id-format makes for an exchange of the frontend; nil without one.
	UniqueID func(b []byte, s *Stream) []byte

	// ManagesCookie says that a backend changes a persistence cookie, so that logs tell what became of it.
	ManagesCookie bool

	// Farm is the servers of a backend, nil until it is built; Directory finds the other proxies.
	Farm      Farm
	Directory Directory

	// VariableLimits bound the variables of the frontend's sessions.
	VariableLimits variable.Limits

	// Table is the section's own stick table, nil for none; Tables are those of all sections.
	Table  *sticktable.Table
	Tables *sticktable.Tables
}

// Server identifies a server, or a service in its place, to samples, scripts and logs.
type Server struct {
	Name     string
	ID       int          // within its backend; 0 for a service
	Counters *counter.Row // nil for a service
	NonStick bool         // stick tables do not remember it
}

// Listener identifies a bind line.
type Listener struct {
	Name     string // may be empty
	ID       int    // within its frontend
	TLS      bool   // takes encrypted connections only
	Counters *counter.Row
}

// Place is a line of the configuration. The zero Place is none.
type Place struct {
	File string
	Line int
}

// Endpoint is one side of a connection. Unix socket peers have Path set and no addresses.
type Endpoint struct {
	Source      netip.AddrPort // the peer that opened the connection
	Destination netip.AddrPort // the address that it reached
	Path        string
}

// Session is the life of one client connection; in HTTP it carries many streams. Sessions are reused: nothing may keep
// one after its connection ended.
type Session struct {
	ID        uint64
	Client    Endpoint // of the connection itself
	Origin    Endpoint // what exchanges take for it: as a header of the PROXY protocol told, or rules changed it
	Frontend  *Proxy
	Listener  *Listener // never nil
	Accepted  time.Time
	Variables variable.Store // scope sess

	Proxied        *ProxyHeader // that the connection began with; nil for none
	ExpectProxy    bool         // a rule wants such a header from a listener that does not
	ExpectClientIP bool         // likewise the Client IP header of a NetScaler

	TLS *TLS // what secures the client's connection; nil for nothing

	// ConnectError is what went wrong with the connection before its first exchange.
	ConnectError ConnectError

	tracked tracking
}

// ProxyHeader is what a header of the PROXY protocol tells besides addresses.
type ProxyHeader struct{ Authority, UniqueID string }

// Reset empties s for another connection.
func (s *Session) Reset() {
	s.EndTracking()
	s.Variables.Reset()
	*s = Session{Variables: s.Variables}
}

// Stream is one exchange: an HTTP request with its response, or a whole TCP connection. Streams are reused: nothing may
// keep one after the exchange ended.
type Stream struct {
	Session  *Session
	ID       uint64
	Request  *message.Message // nil in TCP mode
	Response *message.Message // nil in TCP mode; empty until a response started
	Frontend *Proxy
	Backend  *Proxy  // nil until chosen
	Server   *Server // nil until chosen
	Started  time.Time
	Client   Endpoint // the session's, but for what rules changed of it for this exchange
	First    bool     // the first exchange of its session

	// ServerConnection is the connection to the server, or zero before there was one. Its Source is this side.
	ServerConnection Endpoint
	// ConnectError is why there is none, or Success.
	ConnectError ConnectError

	// ServerTLS is what secures the server's connection; nil for nothing, and while there is none.
	ServerTLS *TLS

	// LastRule is the rule that gave the last final verdict.
	LastRule Place

	// Overrides take the place of what the proxies of the exchange are configured for.
	Overrides Overrides

	// Control reaches the connection that carries the exchange. Nil where there is none, as in tests.
	Control Control

	// RequestInput and ResponseInput are what has arrived of the request's and the response's content; nil where there is
	// none, as with a response that the proxy generates.
	RequestInput, ResponseInput Input

	// Caching is what a cache has found out about the request, for when the response comes. Recorder, where it is set, is
	// given a copy of the body of the server's response. CacheName is the cache that the response came from.
	Caching   any
	Recorder  Recorder
	CacheName string

	// Compressor is the filter that is to compress the response: of several the last one.
	Compressor any
	// CompressedWith is the algorithm that the response is compressed with, empty for none.
	CompressedWith string

	// Service answers in the place of a server. A use-service rule sets it and returns Stop.
	Service Service

	// TxnVariables live for the exchange, ReqVariables until the request is forwarded, ResVariables from
	// the response on.
	TxnVariables, ReqVariables, ResVariables variable.Store

	// RequestCaptures and ResponseCaptures are what the slots of the frontend hold.
	RequestCaptures, ResponseCaptures Captures

	// RequestCookie and ResponseCookie are what capture cookie found, "name=value", empty for nothing.
	RequestCookie, ResponseCookie []byte

	// ReceivedMethod and ReceivedURI are the request line's as it came, whatever rules make of it.
	ReceivedMethod, ReceivedURI []byte

	// Context ends when the client goes away, the exchange ends or the proxy stops. What waits on behalf of the stream
	// watches it. The first use of Done costs a goroutine, so that exchanges that never wait pay nothing.
	Context context.Context

	// Trace follows the exchange for telemetry. Nil: nobody does.
	Trace Trace

	uniqueID []byte // empty until it is asked for

	private []privateValue // of scripts; as many as there are owners, which are few

	// Record is what the log line reports.
	Record Record

	tracked   tracking
	stores    []store
	requested bool // sticktable.Request was counted
}

// Reset empties s for another exchange of the same session. The two messages are emptied and stay attached.
func (s *Stream) Reset() {
	s.EndTracking()
	request, response := s.Request, s.Response
	if request != nil {
		request.Reset()
	}
	if response != nil {
		response.Reset()
	}
	s.TxnVariables.Reset()
	s.ReqVariables.Reset()
	s.ResVariables.Reset()
	s.RequestCaptures.Reset()
	s.ResponseCaptures.Reset()
	*s = Stream{
		Session: s.Session, Frontend: s.Frontend, Control: s.Control,
		Request: request, Response: response,
		TxnVariables: s.TxnVariables, ReqVariables: s.ReqVariables, ResVariables: s.ResVariables,
		RequestCaptures: s.RequestCaptures, ResponseCaptures: s.ResponseCaptures, uniqueID: s.uniqueID[:0],
		RequestCookie: s.RequestCookie[:0], ResponseCookie: s.ResponseCookie[:0],
		Record: NewRecord(), stores: s.stores[:0],
	}
	if s.Session != nil {
		s.Client = s.Session.Origin
	}
}
