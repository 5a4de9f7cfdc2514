package server

import (
	"time"

	"tidelock/proxy/message"
	"tidelock/proxy/stream"
)

// Persistence keeps clients at their servers.
type Persistence struct {
	// Cookie is what binds clients; nil for nothing.
	Cookie Cookie
	// Named returns the server that a client's own protocol names (persist rdp-cookie), nil for none; nil itself for never.
	Named func(*stream.Stream) *Server
	// Persist sends clients to the server that they are bound to even if it is down (option persist, force-persist); nil
	// for never. Ignore forgets what they are bound to (ignore-persist); nil for never.
	Persist, Ignore func(*stream.Stream) bool
}

// Binding is what a request's cookie says of the server that it belongs to.
type Binding struct {
	Server   *Server // nil for none; it may be down
	Found    stream.CookieFound
	LastSeen int64 // in seconds since 1970; 0 for unknown
	FirstSet int64
	// Assigned says that something else than the cookie chose the server, and that the client is not told of it.
	Assigned bool
}

// Cookie binds clients to servers by a cookie.
type Cookie interface {
	// Prepare learns the values of the servers, again whenever those change. It is called while exchanges go on.
	Prepare(servers []*Server)
	// Request finds the server that a request is bound to, and hides from it what servers must not see. A cookie that is
	// unused, because something else chooses the server, is hidden all the same.
	Request(m *message.Message, now time.Time, unused bool) Binding
	// Response has a response bind the client to the server that it is of. Method is the request's. It reports false when
	// there is no room for that.
	Response(m *message.Message, by *Server, b Binding, method []byte, now time.Time) (done stream.CookieDone, ok bool)
}
