package sample

import (
	"tidelock/proxy/clienthello"
	"tidelock/proxy/value"
)

// helloFetches are those of the manual's section 7.3.5 that look into the first message of TLS while it passes.
var helloFetches = []Fetch{
	{Name: "rep_ssl_hello_type", Output: value.Integer, Source: responseBuffer, Get: helloType(responseInput)},
	{Name: "req.ssl_alpn", Output: value.String, Source: requestBuffer, Get: ofHello(helloProtocol)},
	{Name: "req.ssl_ec_ext", Output: value.Boolean, Source: requestBuffer, Get: ofHello(helloCurves)},
	{Name: "req.ssl_hello_type", Output: value.Integer, Source: requestBuffer, Get: helloType(requestInput)},
	{Name: "req.ssl_sni", Output: value.String, Source: requestBuffer, Get: ofHello(helloServerName)},
	{Name: "req.ssl_st_ext", Output: value.Integer, Source: requestBuffer, Get: ofHello(helloTicket)},
	{Name: "req.ssl_ver", Output: value.Integer, Source: requestBuffer, Get: ofHello(helloVersion)},
	{Name: "req_ssl_hello_type", Output: value.Integer, Source: requestBuffer, Get: helloType(requestInput)},
	{Name: "req_ssl_sni", Output: value.String, Source: requestBuffer, Get: ofHello(helloServerName)},
	{Name: "req_ssl_ver", Output: value.Integer, Source: requestBuffer, Get: ofHello(helloVersion)},
	{Name: "res.ssl_hello_type", Output: value.Integer, Source: responseBuffer, Get: helloType(responseInput)},
}

// ofHello makes a fetch of what a client's hello says. It has no value while there is none.
func ofHello(get func(*Context, *clienthello.Hello) value.Value) getter {
	return func(c *Context, _ []Argument) value.Value {
		in := requestInput(c)
		if in == nil {
			return value.Value{}
		}
		var h clienthello.Hello
		switch clienthello.Client(in.Peek(), &h) {
		case clienthello.Found:
			return get(c, &h)
		case clienthello.Short:
			c.Incomplete = !in.Final()
		}
		return value.Value{}
	}
}

// helloType is 1 for a client's hello, 2 for a server's.
func helloType(of inputSelector) getter {
	return func(c *Context, _ []Argument) value.Value {
		in := of(c)
		if in == nil {
			return value.Value{}
		}
		kind, outcome := clienthello.Type(in.Peek())
		switch outcome {
		case clienthello.Found:
			return value.Int(int64(kind))
		case clienthello.Short:
			c.Incomplete = !in.Final()
		}
		return value.Value{}
	}
}

func helloServerName(_ *Context, h *clienthello.Hello) value.Value {
	if h.ServerName == nil {
		return value.Value{}
	}
	return value.Text(h.ServerName)
}

// helloProtocol is the first of the client's protocols, as in HAProxy.
func helloProtocol(_ *Context, h *clienthello.Hello) value.Value {
	if len(h.ALPN) == 0 {
		return value.Value{}
	}
	return value.Text(h.FirstProtocol())
}

func helloCurves(_ *Context, h *clienthello.Hello) value.Value {
	if !h.Curves {
		return value.Value{}
	}
	return value.Bool(true)
}

func helloTicket(_ *Context, h *clienthello.Hello) value.Value { return value.Int(int64(h.Ticket)) }

// helloVersion has the major version in its upper half: TLS 1.2 is 3.3.
func helloVersion(_ *Context, h *clienthello.Hello) value.Value {
	return value.Int(int64(h.Version>>8)<<16 | int64(h.Version&0xff))
}
