package sample

import (
	"encoding/hex"

	"go.opentelemetry.io/otel/trace"

	"tidelock/proxy/value"
)

// traceFetches tell where the exchange stands in a trace, for logs that are to lead to it. Without telemetry there is none.
var traceFetches = []Fetch{
	{Name: "trace_id", Output: value.String, Source: constants, Get: traceID},
	{Name: "span_id", Output: value.String, Source: constants, Get: spanID},
}

func traceID(c *Context, _ []Argument) value.Value {
	id := c.span().TraceID()
	return c.hexadecimal(id[:], id.IsValid())
}

func spanID(c *Context, _ []Argument) value.Value {
	id := c.span().SpanID()
	return c.hexadecimal(id[:], id.IsValid())
}

// span returns the span of the exchange, one that is not valid where there is none.
func (c *Context) span() trace.SpanContext {
	if c.Stream == nil || c.Stream.Context == nil {
		return trace.SpanContext{}
	}
	return trace.SpanContextFromContext(c.Stream.Context)
}

func (c *Context) hexadecimal(id []byte, valid bool) value.Value {
	if !valid {
		return value.Value{}
	}
	return c.text(hex.AppendEncode(c.Scratch.Buffer(), id))
}
