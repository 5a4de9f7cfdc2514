package server

import (
	"encoding/binary"
	"fmt"
	"net/netip"

	"github.com/cespare/xxhash/v2"
)

// DynamicCookie makes the cookie values of servers that were given none out of their addresses and a secret (cookie ...
// dynamic, dynamic-cookie-key): all proxies that know the secret agree on them. Without a secret there are none.
type DynamicCookie struct {
	Enabled bool
	Key     string
}

// DynamicCookie returns how cookie values are made now.
func (b *Backend) DynamicCookie() DynamicCookie {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.dynamic
}

// SetDynamicCookie changes how cookie values are made, and makes them anew.
func (b *Backend) SetDynamicCookie(change func(*DynamicCookie)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	change(&b.dynamic)
	for _, s := range b.Servers() {
		s.renewCookie()
	}
	b.learnCookies()
}

// learnCookies has the cookie know the servers' values. mu is held.
func (b *Backend) learnCookies() {
	if b.Persistence.Cookie != nil {
		b.Persistence.Cookie.Prepare(b.Servers())
	}
}

// CookieValue returns the value that binds clients to the server; "" for none.
func (s *Server) CookieValue() string {
	if made := s.cookie.Load(); made != nil {
		return *made
	}
	return s.Cookie
}

// renewCookie makes the server's cookie value for the place where it is. The backend's mu is held.
func (s *Server) renewCookie() {
	if s.Cookie != "" {
		return
	}
	made := s.backend.dynamic.value(s.Address())
	s.cookie.Store(&made)
}

// value returns the hash of secret, address and port; "" for a place without an IP address.
func (d DynamicCookie) value(at Address) string {
	ip, err := netip.ParseAddr(at.Host)
	if err != nil || at.Network == "unix" || !d.Enabled || d.Key == "" {
		return ""
	}
	hashed := append([]byte(d.Key), ip.AsSlice()...)
	hashed = binary.BigEndian.AppendUint32(hashed, uint32(at.Port))
	return fmt.Sprintf("%016x", xxhash.Sum64(hashed))
}
