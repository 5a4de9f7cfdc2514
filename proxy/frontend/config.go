// Package frontend accepts connections and carries their exchanges: it reads requests, asks the rules, and has a
// server or a service answer.
package frontend

import (
	"log/slog"
	"net"
	"net/netip"
	"time"

	"tidelock/proxy/filter"
	"tidelock/proxy/server"
	"tidelock/proxy/stream"
)

// Config is what a frontend does. Functions that are nil are left out; all of them run in the exchange's goroutine, may
// wait, and must not keep the stream.
type Config struct {
	Proxy      *stream.Proxy // name and mode
	Timeouts   Timeouts
	MaxConn    int // connections at a time, 0 for no bound
	Paces      Paces
	Connection server.ConnectionMode
	// IgnoreProbes closes without a word on clients that sent nothing (option http-ignore-probes).
	IgnoreProbes bool
	// KeepIdle leaves idle connections open while the frontend stops, for one last request (option
	// idle-close-on-response).
	KeepIdle bool
	// AcceptInvalidRequest relaxes the parsing of requests (option accept-invalid-http-request).
	AcceptInvalidRequest bool
	// OriginalDestination returns where a connection was to go before the system redirected it here, if it did; nil does
	// not ask.
	OriginalDestination func(net.Conn) (netip.AddrPort, bool)
	// HeaderCase spells names of headers sent to clients (option h1-case-adjust-bogus-client).
	HeaderCase map[string]string
	// NoLinger resets clients' connections when they are closed (option nolinger).
	NoLinger bool

	// ConnectionRules runs when a connection was accepted and nothing was read from it, SessionRules when it is ready for
	// its first exchange: after TLS and the PROXY protocol. What either refuses is closed and not logged.
	ConnectionRules, SessionRules func(*stream.Stream) stream.Verdict
	// ContentRules runs first on each exchange: in HTTP mode once the request's headers are there, in TCP mode when the
	// connection is. While InspectDelay lasts it may say Wait to be run again on more input.
	ContentRules func(*stream.Stream) stream.Verdict
	InspectDelay time.Duration
	// BufferRequest waits for the body of each request before RequestRules (option http-buffer-request).
	BufferRequest bool
	// RequestRules runs after ContentRules, in HTTP mode. Either may set the stream's Service.
	RequestRules func(*stream.Stream) stream.Verdict
	// ForwardRules runs when a server is about to get the request, after all rules of the backend.
	ForwardRules func(*stream.Stream) stream.Verdict
	// ReceiveRules runs over responses of servers and services before all other rules do.
	ReceiveRules func(*stream.Stream) stream.Verdict
	// ResponseRules runs over responses of servers and services, after the backend's own.
	ResponseRules func(*stream.Stream) stream.Verdict
	// AfterResponseRules runs over every response before it is sent, generated ones included. Its verdict can only stop.
	AfterResponseRules func(*stream.Stream) stream.Verdict
	// ChooseBackend returns the backend of an exchange that has no service, nil for none (503).
	ChooseBackend func(*stream.Stream) *server.Backend

	// Filters look at all exchanges, in this order.
	Filters []filter.Filter

	// ErrorReply fills the stream's empty Response for a status that the proxy itself answers with. It reports false to
	// leave that to the default pages, and with a Response that is still empty true means to close without an answer.
	ErrorReply func(s *stream.Stream, status int) bool

	// Trace begins to follow an exchange for telemetry, and may replace the stream's Context. Nil follows none.
	Trace func(*stream.Stream) stream.Trace

	// Log is called at the end of each exchange, or with LogASAP as soon as there is a server's answer to log.
	Log     func(*stream.Stream)
	LogASAP bool
	// LogRefused is called when a connection ends before its first exchange because its handshake failed.
	LogRefused func(s *stream.Stream, reason string)
	// Errors receives what is a fault of ours; nil is slog's default.
	Errors *slog.Logger
}

// Timeouts are the client side's; 0 waits for ever.
type Timeouts struct {
	Client        time.Duration // each wait for the client to send or to take data
	Fin           time.Duration // replaces Client once one side of the connection has ended; 0 for no change
	HTTPRequest   time.Duration // a request's headers, from its first byte; 0 is Client for each wait
	HTTPKeepAlive time.Duration // waiting for another request; 0 is HTTPRequest, then Client
}
