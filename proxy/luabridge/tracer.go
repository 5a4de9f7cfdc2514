package luabridge

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"

	"tidelock/abi"
	"tidelock/host"
	"tidelock/proxy/telemetry"
)

// tracerFunctions are the classes Tracer's and Span's. Who traces is found by the span that the execution's context has: an
// embedder that wants spans of scripts starts one for each execution (host.Observer).
var tracerFunctions = host.Functions{
	"tracer.start":       startSpan,
	"tracer.traceparent": traceparent,
	"span.set_attribute": setSpanAttribute,
	"span.add_event":     addSpanEvent,
	"span.record_error":  recordSpanError,
	"span.set_status":    setSpanStatus,
	"span.finish":        finishSpan,
}

// scope is the name of what makes the spans and instruments of scripts.
const scope = "tidelock/lua"

// Bounds of what a script can have kept for it until it is exported.
const (
	maxTraceText = 4 << 10 // bytes of a name, a key or a value
	maxTraceKeys = 64      // attributes of one call
)

// traceText copies a text of the guest's for those who export it: as far as there is room for it, and without what is not
// UTF-8, which OTLP could not carry.
func traceText(b []byte) string {
	return strings.ToValidUTF8(string(b[:min(len(b), maxTraceText)]), "\uFFFD")
}

// scriptSpan is a span that a script has opened. The end of the execution ends it, at the latest.
type scriptSpan struct{ trace.Span }

// Close implements io.Closer.
func (s *scriptSpan) Close() error {
	s.End()
	return nil
}

// startSpan is tracer.start(name, attributes, parent) -> handle, or nil where nothing is recorded.
func startSpan(c *host.Call) error {
	name, err := c.String()
	if err != nil {
		return err
	}
	attributes, err := takeAttributes(c)
	if err != nil {
		return err
	}
	ctx, parent, err := parentSpan(c)
	if err != nil {
		return err
	}
	if !parent.IsRecording() {
		c.Results.Nil()
		return nil
	}
	_, span := parent.TracerProvider().Tracer(scope).Start(ctx, traceText(name),
		trace.WithAttributes(attributes...), trace.WithLinks(telemetry.TakeCause(parent)...))
	handle, err := c.Execution.Hold(&scriptSpan{span})
	if err != nil {
		span.End()
		return err
	}
	c.Results.Handle(handle)
	return nil
}

// parentSpan takes the handle of a span; without one it is the execution's own.
func parentSpan(c *host.Call) (context.Context, trace.Span, error) {
	ctx := c.Execution.Context()
	if next := c.Arguments; next.Next().Type == abi.Nil {
		return ctx, trace.SpanFromContext(ctx), nil
	}
	span, err := takeSpan(c)
	if err != nil {
		return nil, nil, err
	}
	return trace.ContextWithSpan(ctx, span), span, nil
}

func takeSpan(c *host.Call) (trace.Span, error) {
	object, err := c.Object()
	if err != nil {
		return nil, err
	}
	span, ok := object.(*scriptSpan)
	if !ok {
		return nil, errObject
	}
	return span.Span, nil
}

// traceparent is tracer.traceparent(span) -> the header of W3C's Trace Context, nil where nobody traces.
func traceparent(c *host.Call) error {
	ctx, _, err := parentSpan(c)
	if err != nil {
		return err
	}
	header := propagation.MapCarrier{}
	propagation.TraceContext{}.Inject(ctx, header)
	if text := header["traceparent"]; text != "" {
		c.Results.String(text)
	} else {
		c.Results.Nil()
	}
	return nil
}

// setSpanAttribute is span.set_attribute(span, key, value).
func setSpanAttribute(c *host.Call) error {
	span, err := takeSpan(c)
	if err != nil {
		return err
	}
	key, err := c.String()
	if err != nil {
		return err
	}
	pair, err := attributeOf(key, c.Next())
	if err == nil {
		span.SetAttributes(pair)
	}
	return err
}

// addSpanEvent is span.add_event(span, name, attributes).
func addSpanEvent(c *host.Call) error {
	span, err := takeSpan(c)
	if err != nil {
		return err
	}
	name, err := c.String()
	if err != nil {
		return err
	}
	attributes, err := takeAttributes(c)
	if err == nil {
		span.AddEvent(traceText(name), trace.WithAttributes(attributes...))
	}
	return err
}

// recordSpanError is span.record_error(span, message, traceback): the event that conventions have for it, and the status.
func recordSpanError(c *host.Call) error {
	span, err := takeSpan(c)
	if err != nil {
		return err
	}
	message, err := c.String()
	if err != nil {
		return err
	}
	traceback, err := c.String()
	if err != nil {
		return err
	}
	text := traceText(message)
	span.AddEvent(semconv.ExceptionEventName, trace.WithAttributes(
		semconv.ExceptionType("lua.error"), semconv.ExceptionMessage(text), semconv.ExceptionStacktrace(traceText(traceback))))
	span.SetStatus(codes.Error, text)
	return nil
}

// setSpanStatus is span.set_status(span, "ok" or "error", description).
func setSpanStatus(c *host.Call) error {
	span, err := takeSpan(c)
	if err != nil {
		return err
	}
	status, err := c.String()
	if err != nil {
		return err
	}
	if string(status) == "ok" {
		span.SetStatus(codes.Ok, "")
		return nil
	}
	description, _ := host.ToText(c.Next())
	span.SetStatus(codes.Error, traceText(description))
	return nil
}

// finishSpan is span.finish(span).
func finishSpan(c *host.Call) error {
	handle := c.Arguments
	span, err := takeSpan(c)
	if err == nil {
		c.Execution.Release(uint32(handle.Next().Int))
		span.End()
	}
	return err
}

// takeAttributes takes a table of attributes, or nil.
func takeAttributes(c *host.Call) ([]attribute.KeyValue, error) {
	table := c.Next()
	if table.Type == abi.Nil {
		return nil, nil
	}
	var all []attribute.KeyValue
	for entries := table.Entries(); entries.More(); {
		key, ok := host.ToText(entries.Next())
		value := entries.Next()
		switch {
		case !ok:
			return nil, errors.New("the names of attributes are strings")
		case len(all) == maxTraceKeys:
			return nil, fmt.Errorf("more than %d attributes", maxTraceKeys)
		}
		pair, err := attributeOf(key, value)
		if err != nil {
			return nil, err
		}
		all = append(all, pair)
	}
	return all, nil
}

// attributeOf makes an attribute of a string, a number or a boolean.
func attributeOf(name []byte, v abi.Value) (attribute.KeyValue, error) {
	key := attribute.Key(traceText(name))
	switch v.Type {
	case abi.String:
		return key.String(traceText(v.Bytes)), nil
	case abi.Integer:
		return key.Int64(v.Int), nil
	case abi.Float:
		return key.Float64(v.Float), nil
	case abi.True, abi.False:
		return key.Bool(v.Type == abi.True), nil
	}
	return attribute.KeyValue{}, fmt.Errorf("attribute '%s' is neither a string nor a number nor a boolean", key)
}
