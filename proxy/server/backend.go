package server

import (
	"sync/atomic"
	"time"

	"tidelock/proxy/stream"
)

// Backend is a group of servers that are interchangeable, with what applies to exchanges sent to any of them.
type Backend struct {
	Proxy    *stream.Proxy
	Servers  []*Server
	Timeouts Timeouts
	// Retries is how often a connection that failed is tried again, on the same server (HAProxy's default is 3).
	Retries int
	// ServerClose closes each connection to a server after one exchange (option http-server-close).
	ServerClose bool

	// The rules are the backend's own; nil for none. Content rules may ask for more input while their delay lasts. What a
	// section has as the exchange's frontend too is run there.
	ContentRules, RequestRules          func(*stream.Stream) stream.Verdict
	ResponseContentRules, ResponseRules func(*stream.Stream) stream.Verdict
	AfterResponseRules                  func(*stream.Stream) stream.Verdict
	InspectDelay, ResponseInspectDelay  time.Duration

	// BufferRequest waits for the body of each request before RequestRules (option http-buffer-request).
	BufferRequest bool

	// Prefer names the server that use-server rules ask for, nil for none of them. It may be nil itself.
	Prefer func(*stream.Stream) *Server

	schedule []*Server
	turn     atomic.Uint64
}

// Timeouts are the server side's; 0 waits for ever.
type Timeouts struct {
	Connect time.Duration
	Server  time.Duration // each wait for the server to send or to take data
	Tunnel  time.Duration // replaces Server and the client's timeout once both sides exchange bytes freely; 0 for neither
}

// Prepare works out the round robin. It is called once, before the first exchange.
func (b *Backend) Prepare() { b.schedule = schedule(b.Servers) }

// Next returns the server whose turn it is, nil when there is none.
func (b *Backend) Next() *Server {
	switch n := uint64(len(b.schedule)); n {
	case 0:
		return nil
	case 1:
		return b.schedule[0]
	default:
		return b.schedule[(b.turn.Add(1)-1)%n]
	}
}

// Close closes the servers' idle connections.
func (b *Backend) Close() {
	for _, s := range b.Servers {
		s.Close()
	}
}
