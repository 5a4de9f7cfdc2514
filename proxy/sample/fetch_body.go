package sample

import (
	"tidelock/proxy/message"
	"tidelock/proxy/value"
)

// bodyFetches are those of the manual's section 7.3.6 that read bodies: what of them has arrived.
var bodyFetches = []Fetch{
	{Name: "req.body", Output: value.Binary, Source: requestHeaders, Get: requestBody},
	{Name: "req.body_len", Output: value.Integer, Source: requestHeaders, Get: bodyLen(request)},
	{Name: "req.body_param", Parameters: optional(String), Output: value.Binary, Source: requestHeaders, Get: bodyParam, Next: nextBodyParam},
	{Name: "req.body_size", Output: value.Integer, Source: requestHeaders, Get: bodySize(request)},
	{Name: "res.body", Output: value.Binary, Source: responseHeaders, Get: responseBody},
	{Name: "res.body_len", Output: value.Integer, Source: responseHeaders, Get: bodyLen(answer)},
	{Name: "res.body_size", Output: value.Integer, Source: responseHeaders, Get: bodySize(answer)},
}

func requestBody(c *Context, _ []Argument) value.Value { return body(c, c.Stream.Request) }

func responseBody(c *Context, _ []Argument) value.Value { return body(c, c.Stream.Response) }

// body returns what there is of m's body: of one that is being received what its connection holds.
func body(c *Context, m *message.Message) value.Value {
	if m == nil || m.Empty() {
		return value.Value{}
	}
	in := c.Stream.RequestInput
	if m == c.Stream.Response {
		in = c.Stream.ResponseInput
	}
	if in != nil {
		return value.Bytes(in.Peek())
	}
	return value.Bytes(m.Body())
}

func bodyLen(of selector) getter {
	return func(c *Context, _ []Argument) value.Value {
		b := body(c, of(c))
		if !b.Valid() {
			return b
		}
		return value.Int(int64(len(b.Data)))
	}
}

// bodySize is the length that the message announces, or that of what is there.
func bodySize(of selector) getter {
	length := bodyLen(of)
	return func(c *Context, a []Argument) value.Value {
		m := of(c)
		if m == nil || m.Empty() {
			return value.Value{}
		}
		if i := m.Find("content-length", -1); i >= 0 {
			n, _ := value.LeadingInt(m.Value(i))
			return value.Int(n)
		}
		return length(c, a)
	}
}
