package server

import (
	"context"
	"net"
	"net/netip"
	"strconv"
	"time"

	"tidelock/proxy/http1"
	"tidelock/proxy/stream"
)

// Conn is a connection to a server.
type Conn struct {
	*http1.Conn
	Server    *Server
	Endpoint  stream.Endpoint // Source is this side
	TLS       *stream.TLS     // nil for a plain connection
	Exchanges int             // finished on this connection
	idleSince time.Time
	probe     probe
}

// Dial opens a connection for an exchange, waiting at most timeout; 0 waits as long as the system does.
func (s *Server) Dial(ctx context.Context, st *stream.Stream, timeout time.Duration) (*Conn, error) {
	if timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, timeout)
		defer cancel()
	}
	network, address := s.address.Load().target(st)
	nc, err := s.Connect(ctx, st, network, address)
	if err != nil {
		return nil, err
	}
	endpoint := stream.Endpoint{Source: addrPort(nc.LocalAddr()), Destination: addrPort(nc.RemoteAddr())}
	c := &Conn{Conn: http1.NewConn(nc), Server: s, Endpoint: endpoint}
	if secured, ok := nc.(interface{ TLS() *stream.TLS }); ok {
		c.TLS = secured.TLS()
	}
	return c, nil
}

// addrPort is zero for what is no address of TCP.
func addrPort(a net.Addr) netip.AddrPort {
	if tcp, ok := a.(*net.TCPAddr); ok {
		return tcp.AddrPort()
	}
	return netip.AddrPort{}
}

// Connect opens a connection the way that the server wants it, for an exchange or, when the stream is nil, for a check.
func (s *Server) Connect(ctx context.Context, st *stream.Stream, network, address string) (net.Conn, error) {
	if s.Dialer == nil {
		return Plain{}.Dial(ctx, st, network, address)
	}
	return s.Dialer.Dial(ctx, st, network, address)
}

// target returns what to connect to for an exchange.
func (a *Address) target(st *stream.Stream) (network, address string) {
	if a.Network == "unix" {
		return a.Network, a.Host
	}
	if a.ToClientDestination && st != nil {
		return a.Network, unmapped(st.Client.Destination).String()
	}
	port := a.Port
	if (port == 0 || a.Offset) && st != nil {
		port += int(st.Client.Destination.Port())
	}
	return a.Network, net.JoinHostPort(a.Host, strconv.Itoa(port))
}

// AddrPort returns the address of a server that has a fixed one, and an invalid one of any other.
func (a Address) AddrPort() netip.AddrPort {
	ip, err := netip.ParseAddr(a.Host)
	if err != nil || a.Network == "unix" || a.Offset || a.Port == 0 {
		return netip.AddrPort{}
	}
	return netip.AddrPortFrom(ip, uint16(a.Port))
}

// String returns the address as the configuration has it.
func (a Address) String() string {
	if a.Network == "unix" {
		return "unix@" + a.Host
	}
	sign := ""
	if a.Offset && a.Port >= 0 {
		sign = "+"
	}
	return net.JoinHostPort(a.Host, sign+strconv.Itoa(a.Port))
}

// statistics returns the address as "show stat" has it.
func (a Address) statistics() string {
	if a.Host == "" {
		return ""
	}
	if a.Network == "unix" {
		return "unix"
	}
	return net.JoinHostPort(a.Host, strconv.Itoa(a.Port))
}

// Begin notes that the connection carries an exchange now, End that it does no more.
func (c *Conn) Begin() {
	c.Server.use(c)
}

// End: see Begin.
func (c *Conn) End() {
	c.Server.disuse(c)
}
