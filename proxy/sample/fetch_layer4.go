package sample

import (
	"net"
	"net/netip"

	"tidelock/proxy/stream"
	"tidelock/proxy/value"
)

// layer4Fetches are those of the manual's section 7.3.3: connections, and the proxies that they pass.
var layer4Fetches = []Fetch{
	{Name: "be_id", Output: value.Integer, Source: backend, Get: backendID},
	{Name: "be_name", Output: value.String, Source: backend, Get: backendName},
	{Name: "dst", Output: value.Address, Source: clientAddress, Get: destination},
	{Name: "dst_is_local", Output: value.Boolean, Source: clientAddress, Get: destinationIsLocal},
	{Name: "dst_port", Output: value.Integer, Source: clientAddress, Get: destinationPort},
	{Name: "fc_dst", Output: value.Address, Source: clientAddress, Get: connectionDestination},
	{Name: "fc_dst_is_local", Output: value.Boolean, Source: clientAddress, Get: connectionDestinationIsLocal},
	{Name: "fc_dst_port", Output: value.Integer, Source: clientAddress, Get: connectionDestinationPort},
	{Name: "fc_err", Output: value.Integer, Source: clientAddress, Get: clientError},
	{Name: "fc_err_str", Output: value.String, Source: clientAddress, Get: clientErrorText},
	{Name: "fc_http_major", Output: value.Integer, Source: clientAddress, Get: clientHTTPMajor},
	{Name: "fc_src", Output: value.Address, Source: clientAddress, Get: connectionSource},
	{Name: "fc_src_is_local", Output: value.Boolean, Source: clientAddress, Get: connectionSourceIsLocal},
	{Name: "fc_src_port", Output: value.Integer, Source: clientAddress, Get: connectionSourcePort},
	{Name: "fe_id", Output: value.Integer, Source: frontend, Get: frontendID},
	{Name: "fe_name", Output: value.String, Source: frontend, Get: frontendName},
	{Name: "so_name", Output: value.String, Source: frontend, Get: listenerName},
	{Name: "src", Output: value.Address, Source: clientAddress, Get: source},
	{Name: "src_is_local", Output: value.Boolean, Source: clientAddress, Get: sourceIsLocal},
	{Name: "src_port", Output: value.Integer, Source: clientAddress, Get: sourcePort},
	{Name: "srv_id", Output: value.Integer, Source: server, Get: serverID},
	{Name: "srv_name", Output: value.String, Source: server, Get: serverName},
}

func source(c *Context, _ []Argument) value.Value { return address(c.Stream.Client.Source) }

func sourcePort(c *Context, _ []Argument) value.Value { return port(c.Stream.Client.Source) }

func sourceIsLocal(c *Context, _ []Argument) value.Value {
	return isLocal(c.Stream.Client.Source)
}

func destination(c *Context, _ []Argument) value.Value {
	return address(c.Stream.Client.Destination)
}

func destinationPort(c *Context, _ []Argument) value.Value {
	return port(c.Stream.Client.Destination)
}

func destinationIsLocal(c *Context, _ []Argument) value.Value {
	return isLocal(c.Stream.Client.Destination)
}

// The addresses of the connection, whatever rules made of them for this exchange.

func connectionSource(c *Context, _ []Argument) value.Value {
	return address(c.Stream.Session.Client.Source)
}

func connectionSourceIsLocal(c *Context, _ []Argument) value.Value {
	return isLocal(c.Stream.Session.Client.Source)
}

func connectionDestinationIsLocal(c *Context, _ []Argument) value.Value {
	return isLocal(c.Stream.Session.Client.Destination)
}

func connectionSourcePort(c *Context, _ []Argument) value.Value {
	return port(c.Stream.Session.Client.Source)
}

func connectionDestination(c *Context, _ []Argument) value.Value {
	return address(c.Stream.Session.Client.Destination)
}

func connectionDestinationPort(c *Context, _ []Argument) value.Value {
	return port(c.Stream.Session.Client.Destination)
}

// address unmaps IPv4 addresses, which a listener on both families sees inside IPv6 ones.
func address(p netip.AddrPort) value.Value { return value.Addr(p.Addr().Unmap().WithZone("")) }

// port takes 0, which no connection has, for unknown.
func port(p netip.AddrPort) value.Value {
	if p.Port() == 0 {
		return value.Value{}
	}
	return value.Int(int64(p.Port()))
}

// isLocal reports whether an address is one of this system's. The lack of one, as a Unix socket has, is local too.
func isLocal(p netip.AddrPort) value.Value {
	addr := p.Addr().Unmap()
	if !p.IsValid() || addr.IsLoopback() {
		return value.Bool(true)
	}
	own, err := net.InterfaceAddrs()
	if err != nil {
		return value.Value{}
	}
	for _, a := range own {
		if network, ok := a.(*net.IPNet); ok && network.IP.Equal(addr.AsSlice()) {
			return value.Bool(true)
		}
	}
	return value.Bool(false)
}

func clientError(c *Context, _ []Argument) value.Value {
	return value.Int(int64(c.Stream.Session.ConnectError))
}

func clientErrorText(c *Context, _ []Argument) value.Value {
	return c.text(append(c.Scratch.Buffer(), c.Stream.Session.ConnectError.String()...))
}

// clientHTTPMajor is of the wire, not of the request line: HTTP/1.0 counts as 1.
func clientHTTPMajor(c *Context, _ []Argument) value.Value {
	if c.Stream.Request != nil {
		if major, _ := c.Stream.Request.Version(); major > 1 {
			return value.Int(int64(major))
		}
	}
	return value.Int(1)
}

func frontendID(c *Context, _ []Argument) value.Value { return proxyID(c.Stream.Frontend) }

func frontendName(c *Context, _ []Argument) value.Value { return proxyName(c, c.Stream.Frontend) }

func backendID(c *Context, _ []Argument) value.Value { return proxyID(c.Stream.Backend) }

func backendName(c *Context, _ []Argument) value.Value { return proxyName(c, c.Stream.Backend) }

func proxyID(p *stream.Proxy) value.Value {
	if p == nil {
		return value.Value{}
	}
	return value.Int(int64(p.ID))
}

func proxyName(c *Context, p *stream.Proxy) value.Value {
	if p == nil {
		return value.Value{}
	}
	return c.text(append(c.Scratch.Buffer(), p.Name...))
}

func listenerName(c *Context, _ []Argument) value.Value {
	return c.name(c.Stream.Session.Listener.Name)
}

func serverID(c *Context, _ []Argument) value.Value {
	if c.Stream.Server == nil || c.Stream.Service != nil {
		return value.Value{}
	}
	return value.Int(int64(c.Stream.Server.ID))
}

// serverName does not exist where a service answers: logs alone name those.
func serverName(c *Context, _ []Argument) value.Value {
	if c.Stream.Service != nil || c.Stream.Server == nil {
		return value.Value{}
	}
	return c.name(c.Stream.Server.Name)
}

// name returns a string value, or none for an empty name.
func (c *Context) name(s string) value.Value {
	if s == "" {
		return value.Value{}
	}
	return c.text(append(c.Scratch.Buffer(), s...))
}
