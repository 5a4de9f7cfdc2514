package sample

import (
	"fmt"

	"tidelock/proxy/message"
	"tidelock/proxy/stream"
	"tidelock/proxy/value"
)

// captureFetches read what was kept of an exchange when its messages came in, or by rules.
var captureFetches = []Fetch{
	{Name: "capture.req.hdr", Parameters: required(Integer), Output: value.String, Source: requestMessage, Get: requestCapture},
	{Name: "capture.req.method", Output: value.String, Source: requestMessage, Get: receivedMethod},
	{Name: "capture.req.uri", Output: value.String, Source: requestMessage, Get: receivedURI},
	{Name: "capture.req.ver", Output: value.String, Source: requestMessage, Get: receivedVersion},
	{Name: "capture.res.hdr", Parameters: required(Integer), Output: value.String, Source: responseMessage, Get: responseCapture},
	{Name: "capture.res.ver", Output: value.String, Source: requestMessage, Get: answeredVersion},
	{Name: "unique-id", Output: value.String, Source: constants, Get: exchangeID},
}

// captureConverters keep a value in passing.
var captureConverters = []Converter{
	{Name: "capture-req", Parameters: required(Integer), Input: value.String, Output: value.String, Convert: captureRequest},
	{Name: "capture-res", Parameters: required(Integer), Input: value.String, Output: value.String, Convert: captureResponse},
}

func requestCapture(c *Context, a []Argument) value.Value {
	return captured(&c.Stream.RequestCaptures, a)
}

func responseCapture(c *Context, a []Argument) value.Value {
	return captured(&c.Stream.ResponseCaptures, a)
}

func captured(from *stream.Captures, a []Argument) value.Value {
	if b, ok := from.Get(int(a[0].Int)); ok {
		return value.Text(b)
	}
	return value.Value{}
}

func receivedMethod(c *Context, _ []Argument) value.Value { return present(c.Stream.ReceivedMethod) }

// receivedURI is without scheme and host.
func receivedURI(c *Context, _ []Argument) value.Value {
	return present(message.PathOf(c.Stream.ReceivedURI))
}

// present returns a string value, or none for nil.
func present(b []byte) value.Value {
	if b == nil {
		return value.Value{}
	}
	return value.Text(b)
}

func receivedVersion(c *Context, _ []Argument) value.Value {
	if c.Stream.ReceivedURI == nil {
		return value.Value{}
	}
	return c.protocol(c.Stream.Request.Version())
}

func answeredVersion(c *Context, _ []Argument) value.Value {
	if m := c.Stream.Response; m != nil && m.IsResponse() {
		return c.protocol(m.Version())
	}
	return value.Value{}
}

// protocol returns what HAProxy makes of a version: nothing before 1.1 counts.
func (c *Context) protocol(major, minor int) value.Value {
	if major > 1 || minor > 0 {
		minor = 1
	}
	return c.text(fmt.Appendf(c.Scratch.Buffer(), "HTTP/1.%d", minor))
}

func exchangeID(c *Context, _ []Argument) value.Value {
	if c.Stream == nil {
		return value.Value{}
	}
	if id := c.Stream.UniqueID(); len(id) > 0 {
		return value.Text(id)
	}
	return value.Value{}
}

func captureRequest(c *Context, a []Argument, v value.Value) value.Value {
	keep(&c.Stream.RequestCaptures, c.Stream.Frontend.RequestSlots, a, v)
	return v
}

func captureResponse(c *Context, a []Argument, v value.Value) value.Value {
	keep(&c.Stream.ResponseCaptures, c.Stream.Frontend.ResponseSlots, a, v)
	return v
}

// keep stores a value in a slot, if the frontend has it.
func keep(in *stream.Captures, slots []int, a []Argument, v value.Value) {
	if slot := int(a[0].Int); slot >= 0 && slot < len(slots) {
		in.Set(slot, slots[slot], v.Data)
	}
}
