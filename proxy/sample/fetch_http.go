package sample

import (
	"bytes"

	"tidelock/proxy/hash32"
	"tidelock/proxy/message"
	"tidelock/proxy/value"
)

// httpFetches are those of the manual's section 7.3.6 that read start lines, URLs and bodies.
var httpFetches = []Fetch{
	{Name: "base", Output: value.String, Source: requestHeaders, Get: base},
	{Name: "base32", Output: value.Integer, Source: requestHeaders, Get: base32},
	{Name: "baseq", Output: value.String, Source: requestHeaders, Get: baseQuery},
	{Name: "method", Output: value.Method, Source: requestMessage, Get: method},
	{Name: "path", Output: value.String, Source: requestHeaders, Get: path},
	{Name: "pathq", Output: value.String, Source: requestHeaders, Get: pathQuery},
	{Name: "query", Output: value.String, Source: requestHeaders, Get: query},
	{Name: "req.body", Output: value.Binary, Source: requestHeaders, Get: requestBody},
	{Name: "req.body_len", Output: value.Integer, Source: requestHeaders, Get: requestBodyLen},
	{Name: "req.body_param", Parameters: optional(String), Output: value.Binary, Source: requestHeaders, Get: bodyParam, Next: nextBodyParam},
	{Name: "req.proto_http", Output: value.Boolean, Source: requestMessage, Get: isHTTP},
	{Name: "req_proto_http", Output: value.Boolean, Source: requestMessage, Get: isHTTP},
	{Name: "req.ver", Output: value.String, Source: requestHeaders, Get: requestVersion},
	{Name: "req_ver", Output: value.String, Source: requestHeaders, Get: requestVersion},
	{Name: "res.body", Output: value.Binary, Source: responseHeaders, Get: responseBody},
	{Name: "res.body_len", Output: value.Integer, Source: responseHeaders, Get: responseBodyLen},
	{Name: "res.ver", Output: value.String, Source: responseHeaders, Get: responseVersion},
	{Name: "resp_ver", Output: value.String, Source: responseHeaders, Get: responseVersion},
	{Name: "status", Output: value.Integer, Source: responseMessage, Get: status},
	{Name: "url", Output: value.String, Source: requestHeaders, Get: url},
	{Name: "url32", Output: value.Integer, Source: requestHeaders, Get: url32},
	{Name: "url_param", Parameters: optional(String, String), Output: value.String, Source: requestHeaders, Get: urlParam, Next: nextURLParam},
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

func requestBody(c *Context, _ []Argument) value.Value { return body(c.Stream.Request) }

func requestBodyLen(c *Context, _ []Argument) value.Value { return length(body(c.Stream.Request)) }

func responseBody(c *Context, _ []Argument) value.Value { return body(c.Stream.Response) }

func responseBodyLen(c *Context, _ []Argument) value.Value { return length(body(c.Stream.Response)) }

func body(m *message.Message) value.Value {
	if m == nil {
		return value.Value{}
	}
	return value.Bytes(m.Body())
}

func length(v value.Value) value.Value {
	if !v.Valid() {
		return v
	}
	return value.Int(int64(len(v.Data)))
}
