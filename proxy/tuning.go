package proxy

import (
	"cmp"
	"net"
	"net/netip"
	"strconv"

	"tidelock/proxy/config"
	"tidelock/proxy/frontend"
	"tidelock/proxy/http1"
	"tidelock/proxy/server"
	"tidelock/proxy/socket"
)

// tuning returns what the global section says of buffers and pipes.
func tuning(g *config.Global) http1.Tuning {
	t := http1.Tuning{BufferSize: g.BufferSize, MaxRewrite: g.MaxRewrite, MaxHeaders: g.MaxHeaders, MaxPipes: g.MaxPipes}
	t.AnyPayload = g.AnyPayload
	if g.NoSplice {
		t.MaxPipes = -1
	}
	return t
}

// newPaces returns the bounds of the process.
func newPaces(g *config.Global) frontend.Paces {
	return frontend.Paces{
		Connections: frontend.NewPace(g.ConnectionRate), Sessions: frontend.NewPace(g.SessionRate), TLS: frontend.NewPace(g.TLSRate),
	}
}

// clientSocket returns what is asked of the system for connections of clients.
func (b *builder) clientSocket(section *config.Proxy) socket.Connection {
	g := &b.config.Global
	return socket.Connection{
		KeepAlive:     probes(section.ClientKeepalive, section.ClientProbes),
		ReceiveBuffer: g.ClientReceiveBuffer, SendBuffer: g.ClientSendBuffer,
	}
}

func probes(enabled bool, p config.Probes) socket.KeepAlive {
	return socket.KeepAlive{Enabled: enabled, Count: p.Count, Idle: p.Idle, Interval: p.Interval}
}

// plainDialer returns how sockets are connected to a server.
func (b *builder) plainDialer(section *config.Proxy, s config.Server) server.Plain {
	from := s.Source
	if from.Network == "" {
		from = section.Source
	}
	g := &b.config.Global
	asked := socket.Connection{
		KeepAlive: probes(section.ServerKeepalive, section.ServerProbes), UserTimeout: s.UserTimeout,
		ReceiveBuffer: g.ServerReceiveBuffer, SendBuffer: g.ServerSendBuffer,
		Interface: cmp.Or(s.Source.Interface, section.Source.Interface),
	}
	var plain server.Plain
	if s.SOCKS4.Network != "" {
		host, err := b.resolve(s.SOCKS4)
		if err != nil {
			b.diags.Alertf(s.At, "'socks4' : could not resolve address '%s'.", s.SOCKS4.Host)
			return plain
		}
		plain.SOCKS4, plain.CheckSOCKS4 = net.JoinHostPort(host, strconv.Itoa(s.SOCKS4.Port)), s.CheckViaSOCKS4
	}
	if from.Network != "" {
		address, err := b.sourceAddress(from.Address)
		if err != nil {
			b.diags.Alertf(s.At, "'source' : could not resolve address '%s'.", from.Host)
			return plain
		}
		plain.Source = &server.Source{Address: address, First: from.Port, Count: from.Ports}
		asked.LatePort = from.Port == 0
	}
	if asked != (socket.Connection{}) {
		plain.Control = asked.Control
	}
	return plain
}

// sourceAddress returns the address that connections come from; the unspecified one leaves the choice to the system.
func (b *builder) sourceAddress(a config.Address) (netip.Addr, error) {
	switch {
	case a.Host == "" && a.Network == "tcp6":
		return netip.IPv6Unspecified(), nil
	case a.Host == "":
		return netip.IPv4Unspecified(), nil
	}
	host, err := b.resolve(a)
	if err != nil {
		return netip.Addr{}, err
	}
	return netip.ParseAddr(host)
}
