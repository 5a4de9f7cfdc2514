// Package persistence keeps clients at their servers by cookies (manual, section 4.2, "cookie"): it finds the server that a
// request's cookie names, and has responses set it. What becomes of headers byte for byte is HAProxy's, found by
// comparing.
package persistence

import (
	"sync/atomic"
	"time"

	"tidelock/proxy/server"
)

// Mode is who sets the cookie.
type Mode uint8

const (
	Passive Mode = iota // the server, and nothing of it is changed
	Rewrite             // the server, and its value is replaced
	Insert              // the proxy
	Prefix              // the server, and its value is prefixed
)

// Cookie is how a backend binds clients to servers.
type Cookie struct {
	Name     string
	Mode     Mode
	Indirect bool // servers do not see the cookie, and clients that have the right one get no other
	NoCache  bool // responses with the cookie are not to be shared by caches
	PostOnly bool // inserted in responses to POST only
	Preserve bool // what the server sets stays

	Attributes string // what follows the path: "; domain=...", "; HttpOnly", ...

	MaxIdle, MaxLife time.Duration // since last seen, since first set; 0 for no limit

	known atomic.Pointer[values]
}

var _ server.Cookie = (*Cookie)(nil)

// values are what servers are known by.
type values struct {
	first  map[string]*server.Server
	shared map[string][]*server.Server // further ones of a value
}

// Prepare implements server.Cookie: the first of the servers that share a value is meant, unless it is down.
func (c *Cookie) Prepare(servers []*server.Server) {
	known := &values{map[string]*server.Server{}, map[string][]*server.Server{}}
	for _, s := range servers {
		value := s.CookieValue()
		switch {
		case value == "":
		case known.first[value] == nil:
			known.first[value] = s
		default:
			known.shared[value] = append(known.shared[value], s)
		}
	}
	c.known.Store(known)
}

// named returns the server of a value, nil for none: one that can be reached, as far as there is one.
func (c *Cookie) named(value []byte) *server.Server {
	known := c.known.Load()
	s := known.first[string(value)]
	if s == nil || s.Reachable() {
		return s
	}
	for _, other := range known.shared[string(value)] {
		if other.Reachable() {
			return other
		}
	}
	return s
}
