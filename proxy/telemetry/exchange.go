package telemetry

import (
	"context"
	"time"

	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"tidelock/proxy/stream"
	"tidelock/proxy/value"
	"tidelock/proxy/variable"
)

// exchange follows one exchange. It is the Context of what is done on behalf of it, too.
type exchange struct {
	context.Context
	telemetry *Telemetry
	span      trace.Span
	parent    trace.SpanContext // of whoever sent the request; may be invalid
	kept      bool              // it is worth a span even if it is not sampled
	attempt   attempt
	active    *activeSet // it is counted among the active ones; nil for not
}

var _ stream.Trace = (*exchange)(nil)

// exchangeKey finds the exchange in a context.
type exchangeKey struct{}

// Value implements context.Context.
func (x *exchange) Value(key any) any {
	if key == (exchangeKey{}) {
		return x
	}
	return x.Context.Value(key)
}

// traceparent is the variable that scripts and the configuration find the trace in.
var _, traceparent, _ = variable.Intern("txn.traceparent")

// Begin follows an exchange whose request has been read, or a connection that TCP carries. It puts the span into the stream's
// Context.
func (t *Telemetry) Begin(s *stream.Stream) stream.Trace {
	x := &exchange{Context: s.Context, telemetry: t, span: noSpan}
	if t.tracer != nil {
		if s.Request != nil {
			x.Context = t.propagator.Extract(x.Context, carrier{s.Request})
			x.parent = trace.SpanContextFromContext(x.Context)
		}
		x.Context, x.span = t.start(x.Context, exchangeName(s), serverSpan, s.Started)
		if c := x.span.SpanContext(); c.IsValid() {
			var header [55]byte
			s.TxnVariables.Set(traceparent, value.Text(appendTraceparent(header[:0], c)))
		}
	}
	if t.http != nil && s.Request != nil {
		x.active = t.http.enter(s)
	}
	s.Context = x
	return x
}

var noSpan = trace.SpanFromContext(context.Background())

// exchangeName is a span's name: as conventions want it the method, since there is no route of low cardinality.
func exchangeName(s *stream.Stream) string {
	if s.Request == nil {
		return "TCP"
	}
	method := method(s.ReceivedMethod)
	if method == otherMethod {
		return "HTTP"
	}
	return method
}

// appendTraceparent appends the header of W3C's Trace Context.
func appendTraceparent(b []byte, c trace.SpanContext) []byte {
	id, span := c.TraceID(), c.SpanID()
	b = append(appendHex(append(b, "00-"...), id[:]), '-')
	b = append(appendHex(b, span[:]), '-')
	return appendHex(b, []byte{byte(c.TraceFlags() & trace.FlagsSampled)})
}

func appendHex(b, bytes []byte) []byte {
	const digits = "0123456789abcdef"
	for _, c := range bytes {
		b = append(b, digits[c>>4], digits[c&15])
	}
	return b
}

// End implements stream.Trace.
func (x *exchange) End(s *stream.Stream) {
	t := x.telemetry
	ended := s.Started.Add(max(s.Record.Timers.Active, 0))
	x.endAttempt(s, nil, ended)
	if x.active != nil {
		t.http.leave(x, s)
	}
	if t.tracer == nil {
		return
	}
	failure := failureOf(s)
	if !x.span.IsRecording() {
		if failure == "" && !x.kept {
			return
		}
		ctx := trace.ContextWithSpanContext(context.Background(), x.parent)
		x.span = t.startKept(ctx, x.span.SpanContext(), exchangeName(s), serverSpan, s.Started)
	}
	if !x.span.IsRecording() {
		return
	}
	x.span.SetAttributes(exchangeAttributes(s)...)
	if failure != "" {
		x.span.SetAttributes(errorType(failure))
		x.span.SetStatus(codes.Error, "")
	}
	x.span.End(trace.WithTimestamp(ended))
}

// keep has the exchange of a context traced, whatever sampling said.
func keep(ctx context.Context) {
	if x, ok := ctx.Value(exchangeKey{}).(*exchange); ok {
		x.kept = true
	}
}

// attempt is the way of a request to one server.
type attempt struct {
	span    trace.Span // nil while there is none
	started time.Time
}
