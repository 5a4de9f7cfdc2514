package server

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"sync/atomic"
	"syscall"
	"time"

	"tidelock/proxy/socks4"
	"tidelock/proxy/stream"
)

// Plain is the Dialer of connections without any ado.
type Plain struct {
	Source *Source // nil for any address
	// Control sets options of the socket before it connects (net.Dialer); nil for none.
	Control func(network, address string, c syscall.RawConn) error
	// SOCKS4 is where a server is that connects instead of this one; empty for none. Checks go that way if CheckSOCKS4.
	SOCKS4      string
	CheckSOCKS4 bool
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
func (p Plain) Dial(ctx context.Context, s *stream.Stream, network, address string) (net.Conn, error) {
	if p.SOCKS4 != "" && (s != nil || p.CheckSOCKS4) {
		return p.dialBy(ctx, network, address)
	}
	return p.dial(ctx, network, address)
}

// dialBy has the SOCKS server connect.
func (p Plain) dialBy(ctx context.Context, network, address string) (net.Conn, error) {
	to, err := netip.ParseAddrPort(address)
	if err != nil || network == "unix" {
		return nil, socks4.ErrAddress
	}
	c, err := p.dial(ctx, "tcp", p.SOCKS4)
	if err != nil {
		return nil, err
	}
	if deadline, bounded := ctx.Deadline(); bounded {
		c.SetDeadline(deadline)
	}
	giveUp := context.AfterFunc(ctx, func() { c.SetDeadline(time.Unix(1, 0)) })
	err = socks4.Connect(c, to)
	if !giveUp() && err == nil {
		err = ctx.Err()
	}
	if err != nil {
		c.Close()
		return nil, err
	}
	c.SetDeadline(time.Time{})
	return c, nil
}

func (p Plain) dial(ctx context.Context, network, address string) (net.Conn, error) {
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
