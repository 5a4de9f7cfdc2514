package server

import (
	"net/netip"

	"tidelock/proxy/stream"
)

// NewDirect returns what stands for a server where a backend connects exchanges itself (Backend.Direct): to one address, or
// with ToClientDestination in the address to wherever each client wanted to go. Neither is it counted nor does it have a
// state, and its connections stay with one client.
func NewDirect(at Address, dialer Dialer) *Server {
	return New(stream.Server{}, at, Settings{Dialer: dialer})
}

// Direct reports whether the connection is the backend's own and not one to a server.
func (c *Conn) Direct() bool { return c.Server == c.Server.backend.Direct }

// Reaches reports whether a connection of one client's leads where an exchange of the same client goes.
func (c *Conn) Reaches(target *Server, s *stream.Stream) bool {
	return c.Server == target && (!target.Address().ToClientDestination || c.Endpoint.Destination == unmapped(s.Client.Destination))
}

func unmapped(a netip.AddrPort) netip.AddrPort { return netip.AddrPortFrom(a.Addr().Unmap(), a.Port()) }
