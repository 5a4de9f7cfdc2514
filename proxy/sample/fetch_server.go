package sample

import (
	"tidelock/proxy/stream"
	"tidelock/proxy/value"
)

// serverFetches are those of the manual's section 7.3.3 about the connection to the server.
var serverFetches = []Fetch{
	{Name: "bc_dst", Output: value.Integer, Source: serverAddress, Get: onServerConnection(func(e stream.Endpoint) value.Value { return address(e.Destination) })},
	{Name: "bc_dst_port", Output: value.Integer, Source: serverAddress, Get: onServerConnection(func(e stream.Endpoint) value.Value { return port(e.Destination) })},
	{Name: "bc_err", Output: value.Integer, Source: serverAddress, Get: connectError},
	{Name: "bc_err_str", Output: value.String, Source: serverAddress, Get: connectErrorText},
	{Name: "bc_http_major", Output: value.Integer, Source: serverAddress, Get: serverHTTPMajor},
	{Name: "bc_src", Output: value.Integer, Source: serverAddress, Get: onServerConnection(func(e stream.Endpoint) value.Value { return address(e.Source) })},
	{Name: "bc_src_port", Output: value.Integer, Source: serverAddress, Get: onServerConnection(func(e stream.Endpoint) value.Value { return port(e.Source) })},
}

func onServerConnection(get func(stream.Endpoint) value.Value) getter {
	return func(c *Context, _ []Argument) value.Value { return get(c.Stream.ServerConnection) }
}

func connectError(c *Context, _ []Argument) value.Value {
	return value.Int(int64(c.Stream.ConnectError))
}

func connectErrorText(c *Context, _ []Argument) value.Value {
	return c.text(append(c.Scratch.Buffer(), c.Stream.ConnectError.String()...))
}

// serverHTTPMajor is 1 for any connection: servers are not spoken to in another version.
func serverHTTPMajor(c *Context, _ []Argument) value.Value {
	if c.Stream.Server == nil {
		return value.Value{}
	}
	return value.Int(1)
}
