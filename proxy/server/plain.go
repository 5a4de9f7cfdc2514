package server

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"sync/atomic"
	"syscall"

	"tidelock/proxy/stream"
)

// Plain is the Dialer of connections without any ado.
type Plain struct {
	Source *Source // nil for any address
	// Control sets options of the socket before it connects (net.Dialer); nil for none.
	Control func(network, address string, c syscall.RawConn) error
}

var _ Dialer = Plain{}

// Source is where connections come from.
type Source struct {
	Address netip.Addr
	// First is the port, or of a range of Count the first one: they are taken in turn. The system chooses for 0.
	First, Count int

	turn atomic.Uint32
}

// next returns the address whose turn it is.
func (s *Source) next() net.Addr {
	port := s.First
	if s.Count > 1 {
		port += int(s.turn.Add(1)-1) % s.Count
	}
	return net.TCPAddrFromAddrPort(netip.AddrPortFrom(s.Address, uint16(port)))
}

// Dial implements Dialer. Keep-alive probes are off unless asked for, as in HAProxy: timeouts find dead peers.
func (p Plain) Dial(ctx context.Context, _ *stream.Stream, network, address string) (net.Conn, error) {
	dialer := net.Dialer{KeepAlive: -1, Control: p.Control}
	if p.Source == nil || network == "unix" {
		return dialer.DialContext(ctx, network, address)
	}
	for tries := 1; ; tries++ {
		dialer.LocalAddr = p.Source.next()
		c, err := dialer.DialContext(ctx, network, address)
		taken := errors.Is(err, syscall.EADDRINUSE) || errors.Is(err, syscall.EADDRNOTAVAIL)
		if !taken || tries >= p.Source.Count {
			return c, err
		}
	}
}

// Shareable implements Dialer.
func (p Plain) Shareable() bool { return true }
