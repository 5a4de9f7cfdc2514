package proxy

import (
	"net"
	"net/netip"
	"slices"

	"tidelock/proxy/config"
	"tidelock/proxy/server"
	"tidelock/proxy/socket"
)

// buildDirect returns what takes the exchanges of a section that are bound to no server, nil where a balance algorithm
// chooses. An address to dispatch to comes before the client's own destination, as in HAProxy.
func (b *builder) buildDirect(section *config.Proxy) *server.Server {
	if !section.Direct() {
		return nil
	}
	dialer := b.plainDialer(section, config.Server{})
	to := section.Dispatch
	switch to.Network {
	case "":
		return server.NewDirect(server.Address{Network: "tcp", ToClientDestination: true}, dialer)
	case "unix":
		return server.NewDirect(server.Address{Network: "unix", Host: to.Path}, dialer)
	}
	host, err := b.resolve(to)
	if err != nil {
		b.diags.Alertf(section.DispatchAt, "'dispatch' : invalid address: '%s' in '%s:%d'\n", to.Host, to.Host, to.Port)
		return nil
	}
	return server.NewDirect(server.Address{Network: "tcp", Host: host, Port: to.Port}, dialer)
}

// originalDestination returns what asks for the destination that a client's connection had, where the configuration has any
// use for that: it costs a system call a connection.
func (b *builder) originalDestination() func(net.Conn) (netip.AddrPort, bool) {
	if !slices.ContainsFunc(b.config.Proxies, func(p *config.Proxy) bool { return p.Transparent }) {
		return nil
	}
	return socket.OriginalDestination
}
