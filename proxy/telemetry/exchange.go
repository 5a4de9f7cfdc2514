package telemetry

import (
	"context"
	"sync"
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
	span      trace.Span        // nil: sampling has left the exchange out
	unsampled trace.SpanContext // what it is known by then
	lazily    sync.Once         // makes known
	known     context.Context   // Context with unsampled as its span
	header    [55]byte          // traceparent of the exchange
	parent    trace.SpanContext // of whoever sent the request; may be invalid
	kept      bool              // it is worth a span even if it is not sampled
	attempt   attempt
	active    *activeCount // it is counted among the active ones; nil for not
}

var _ stream.Trace = (*exchange)(nil)

// exchangeKey finds the exchange in a context.
type exchangeKey struct{}

// Value implements context.Context. Few ask an exchange that is left out for its span: the context with it is made for those.
func (x *exchange) Value(key any) any {
	if key == (exchangeKey{}) {
		return x
	}
	if x.span == nil && x.unsampled.IsValid() {
		x.lazily.Do(func() { x.known = trace.ContextWithSpanContext(x.Context, x.unsampled) })
		return x.known.Value(key)
	}
	return x.Context.Value(key)
}

// spanContext returns what the exchange is known by; it may be invalid.
func (x *exchange) spanContext() trace.SpanContext {
	if x.span != nil {
		return x.span.SpanContext()
	}
	return x.unsampled
}

// traceparent is the variable that scripts and the configuration find the trace in.
var _, traceparent, _ = variable.Intern("txn.traceparent")

// Begin follows an exchange whose request has been read, or a connection that TCP carries. It puts the span into the stream's
// Context.
func (t *Telemetry) Begin(s *stream.Stream) stream.Trace {
	x := &exchange{Context: s.Context, telemetry: t}
	if t.tracer != nil {
		if s.Request != nil && t.arrives(s.Request) {
			x.Context = t.propagator.Extract(x.Context, carrier{s.Request})
			x.parent = trace.SpanContextFromContext(x.Context)
		}
		x.begin(s)
		if c := x.spanContext(); c.IsValid() {
			s.TxnVariables.Set(traceparent, value.Text(appendTraceparent(x.header[:0], c)))
		}
	}
	if t.http != nil && s.Request != nil {
		x.active = t.http.enter(s)
	}
	s.Context = x
	return x
}

// begin gives the exchange its span, or only an identity where sampling leaves it out.
func (x *exchange) begin(s *stream.Stream) {
	t := x.telemetry
	if t.sampling == nil {
		x.Context, x.span = t.start(x.Context, exchangeName(s), serverSpan, s.Started)
		return
	}
	known := newIdentity(x.parent)
	if !t.sampling(x.parent, known.TraceID()) {
		x.unsampled = known
		return
	}
	x.span = t.startKept(x.Context, known, exchangeName(s), serverSpan, s.Started)
	x.Context = trace.ContextWithSpan(x.Context, x.span)
}

// recording reports whether the exchange has a span that is kept.
func (x *exchange) recording() bool { return x.span != nil && x.span.IsRecording() }

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
	span := x.span
	if !x.recording() {
		if failure == none && !x.kept {
			return
		}
		ctx := trace.ContextWithSpanContext(context.Background(), x.parent)
		span = t.startKept(ctx, x.spanContext(), exchangeName(s), serverSpan, s.Started)
	}
	if !span.IsRecording() {
		return
	}
	span.SetAttributes(exchangeAttributes(s)...)
	if failure != none {
		span.SetAttributes(errorType(failure.text(s.Record.Status)))
		span.SetStatus(codes.Error, "")
	}
	span.End(trace.WithTimestamp(ended))
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
