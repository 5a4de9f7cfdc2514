package sample

import (
	"bytes"
	"encoding/binary"

	"tidelock/proxy/hash32"
	"tidelock/proxy/message"
	"tidelock/proxy/value"
)

// httpFetches are those of the manual's section 7.3.6 that read start lines and URLs.
var httpFetches = []Fetch{
	{Name: "base", Output: value.String, Source: requestHeaders, Get: base},
	{Name: "base32", Output: value.Integer, Source: requestHeaders, Get: base32},
	{Name: "base32+src", Output: value.Binary, Source: requestHeaders, Get: withSource(base32)},
	{Name: "baseq", Output: value.String, Source: requestHeaders, Get: baseQuery},
	{Name: "method", Output: value.Method, Source: requestMessage, Get: method},
	{Name: "path", Output: value.String, Source: requestHeaders, Get: path},
	{Name: "pathq", Output: value.String, Source: requestHeaders, Get: pathQuery},
	{Name: "query", Output: value.String, Source: requestHeaders, Get: query},
	{Name: "req.proto_http", Output: value.Boolean, Source: requestMessage, Get: isHTTP},
	{Name: "req_proto_http", Output: value.Boolean, Source: requestMessage, Get: isHTTP},
	{Name: "req.ver", Output: value.String, Source: requestHeaders, Get: requestVersion},
	{Name: "req_ver", Output: value.String, Source: requestHeaders, Get: requestVersion},
	{Name: "res.ver", Output: value.String, Source: responseHeaders, Get: responseVersion},
	{Name: "resp_ver", Output: value.String, Source: responseHeaders, Get: responseVersion},
	{Name: "status", Output: value.Integer, Source: responseMessage, Get: status},
	{Name: "url", Output: value.String, Source: requestHeaders, Get: url},
	{Name: "url32", Output: value.Integer, Source: requestHeaders, Get: url32},
	{Name: "url32+src", Output: value.Binary, Source: requestHeaders, Get: withSource(url32)},
	{Name: "url_ip", Output: value.Address, Source: requestHeaders, Get: urlAddress},
	{Name: "url_param", Parameters: optional(String, String), Output: value.String, Source: requestHeaders, Get: urlParam, Next: nextURLParam},
	{Name: "url_port", Output: value.Integer, Source: requestHeaders, Get: urlPort},
	{Name: "urlp", Parameters: optional(String, String), Output: value.String, Source: requestHeaders, Get: urlParam, Next: nextURLParam},
	{Name: "urlp_val", Parameters: optional(String, String), Output: value.Integer, Source: requestHeaders, Get: urlParamInt, Next: nextURLParamInt},
}

func isHTTP(c *Context, _ []Argument) value.Value { return value.Bool(c.Stream.Request != nil) }

func method(c *Context, _ []Argument) value.Value {
	if c.Stream.Request == nil {
		return value.Value{}
	}
	return value.Value{Kind: value.Method, Data: c.Stream.Request.Method()}
}

func url(c *Context, _ []Argument) value.Value {
	if c.Stream.Request == nil {
		return value.Value{}
	}
	return value.Text(c.Stream.Request.URI())
}

func pathQuery(c *Context, _ []Argument) value.Value {
	if c.Stream.Request == nil {
		return value.Value{}
	}
	b, ok := c.Stream.Request.PathQuery()
	if !ok {
		return value.Value{}
	}
	return value.Text(b)
}

func path(c *Context, a []Argument) value.Value {
	v := pathQuery(c, a)
	v.Data, _, _ = bytes.Cut(v.Data, []byte("?"))
	return v
}

func query(c *Context, a []Argument) value.Value {
	v := pathQuery(c, a)
	_, q, ok := bytes.Cut(v.Data, []byte("?"))
	if !ok {
		return value.Value{}
	}
	return value.Text(q)
}

// base is the first Host header and the path; both may be missing.
func base(c *Context, a []Argument) value.Value { return onHost(c, path(c, a).Data) }

func baseQuery(c *Context, a []Argument) value.Value { return onHost(c, pathQuery(c, a).Data) }

func base32(c *Context, a []Argument) value.Value { return folded(base(c, a)) }

func url32(c *Context, a []Argument) value.Value { return folded(baseQuery(c, a)) }

func folded(v value.Value) value.Value {
	if !v.Valid() {
		return v
	}
	return value.Int(int64(hash32.Avalanche(hash32.SDBM(v.Data))))
}

// withSource appends the client's address to a hash.
func withSource(hash getter) getter {
	return func(c *Context, a []Argument) value.Value {
		h, from := hash(c, a), source(c, a)
		if !h.Valid() || !from.Valid() {
			return value.Value{}
		}
		b := binary.BigEndian.AppendUint32(c.Scratch.Buffer(), uint32(h.Int))
		if from.Addr.Is4() {
			ip := from.Addr.As4()
			return c.bytes(append(b, ip[:]...))
		}
		ip := from.Addr.As16()
		return c.bytes(append(b, ip[:]...))
	}
}

// authority returns host and port of a URL that has them.
func authority(c *Context) (b []byte, ok bool) {
	_, rest, ok := bytes.Cut(url(c, nil).Data, []byte("://"))
	if !ok {
		return nil, false
	}
	if i := bytes.IndexAny(rest, "/?#"); i >= 0 {
		rest = rest[:i]
	}
	return rest, true
}

func urlAddress(c *Context, _ []Argument) value.Value {
	b, ok := authority(c)
	if !ok {
		return value.Value{}
	}
	host, _ := splitHost(b)
	a, _ := value.ParseAddr(host)
	return value.Addr(a)
}

// urlPort is 80 for an address without a port.
func urlPort(c *Context, a []Argument) value.Value {
	if v := urlAddress(c, a); !v.Valid() {
		return v
	}
	b, _ := authority(c)
	_, text := splitHost(b)
	if len(text) == 0 {
		return value.Int(80)
	}
	i, _ := value.LeadingInt(text)
	return value.Int(i)
}

// onHost returns the first Host header followed by rest.
func onHost(c *Context, rest []byte) value.Value {
	m := c.Stream.Request
	if m == nil {
		return value.Value{}
	}
	i := m.Find("host", -1)
	if i < 0 {
		return value.Text(rest)
	}
	return c.text(append(append(c.Scratch.Buffer(), m.Value(i)...), rest...))
}

func requestVersion(c *Context, _ []Argument) value.Value { return version(c, c.Stream.Request) }

func responseVersion(c *Context, _ []Argument) value.Value { return version(c, c.Stream.Response) }

func version(c *Context, m *message.Message) value.Value {
	if m == nil {
		return value.Value{}
	}
	major, minor := m.Version()
	return c.text(append(c.Scratch.Buffer(), byte('0'+major), '.', byte('0'+minor)))
}

func status(c *Context, _ []Argument) value.Value {
	if c.Stream.Response == nil {
		return value.Value{}
	}
	return value.Int(int64(c.Stream.Response.Status()))
}
