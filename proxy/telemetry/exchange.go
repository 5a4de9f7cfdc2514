package telemetry

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/otel/trace"

	"tidelock/proxy/stream"
	"tidelock/proxy/value"
	"tidelock/proxy/variable"
)

// exchange follows one exchange. It is the Context of what is done on behalf of it, too. Most are asked for nothing as such, and
// serve again: garbage for each exchange would cost more than to follow it.
type exchange struct {
	context.Context
	remembered atomic.Bool // somebody has used the Context, and may still hold it when the exchange is over
	telemetry  *Telemetry
	position   position
	lazily     sync.Once         // makes known
	known      context.Context   // Context with position as its span
	header     [55]byte          // traceparent of the exchange
	parent     trace.SpanContext // of whoever sent the request; may be invalid
	kept       bool              // it is worth a span even if it is not sampled
	attempt    attempt
	failed     []*Span      // attempts that wait for the end to be recorded, or not
	active     *activeCount // it is counted among the active ones; nil for not
}

var _ stream.Trace = (*exchange)(nil)

var exchanges = sync.Pool{New: func() any { return new(exchange) }}

// release ends the use of x, for another exchange to begin if nobody remembers this one.
func (x *exchange) release() {
	if x.remembered.Load() {
		return
	}
	*x = exchange{}
	exchanges.Put(x)
}

// Done implements context.Context.
func (x *exchange) Done() <-chan struct{} {
	x.remembered.Store(true)
	return x.Context.Done()
}

// Err implements context.Context.
func (x *exchange) Err() error {
	x.remembered.Store(true)
	return x.Context.Err()
}

// Deadline implements context.Context.
func (x *exchange) Deadline() (time.Time, bool) {
	x.remembered.Store(true)
	return x.Context.Deadline()
}

// exchangeKey finds the exchange in a context.
type exchangeKey struct{}

// Value implements context.Context. Few ask an exchange for its span: the context with it is made for those.
func (x *exchange) Value(key any) any {
	x.remembered.Store(true)
	if key == (exchangeKey{}) {
		return x
	}
	if x.position.context.IsValid() {
		x.lazily.Do(func() { x.known = trace.ContextWithSpan(x.Context, &x.position) })
		return x.known.Value(key)
	}
	return x.Context.Value(key)
}

// traceparent is the variable that scripts and the configuration find the trace in.
var _, traceparent, _ = variable.Intern("txn.traceparent")

// Begin follows an exchange whose request has been read, or a connection that TCP carries. It puts the trace into the
// stream's Context.
func (t *Telemetry) Begin(s *stream.Stream) stream.Trace {
	x := exchanges.Get().(*exchange)
	x.Context, x.telemetry = s.Context, t
	if t.recorder != nil {
		if s.Request != nil && t.arrives(s.Request) {
			x.Context = t.propagator.Extract(x.Context, carrier{s.Request})
			x.parent = trace.SpanContextFromContext(x.Context)
		}
		x.position = t.begin(x.parent)
		s.TxnVariables.Set(traceparent, value.Text(appendTraceparent(x.header[:0], x.position.context)))
	}
	if t.http != nil && s.Request != nil {
		x.active = t.http.enter(s)
	}
	s.Context = x
	return x
}

// exchangeName is the name of an exchange's span, and of its attempts'.
func exchangeName(s *stream.Stream) string {
	if s.Request == nil {
		return "TCP"
	}
	return SpanName(s.ReceivedMethod)
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

// Unserved implements stream.Trace.
func (x *exchange) Unserved(_ *stream.Stream, outage trace.SpanContext) {
	x.position.AddLink(linkTo(outage, CauseCheck))
}

// End implements stream.Trace.
func (x *exchange) End(s *stream.Stream) {
	t := x.telemetry
	defer x.release()
	s.Context = x.Context
	ended := s.Started.Add(max(s.Record.Timers.Active, 0))
	failure := failureOf(s)
	recorded := t.recorder != nil && (x.position.IsRecording() || failure != none || x.kept)
	known := x.position.context
	if recorded {
		known = known.WithTraceFlags(trace.FlagsSampled)
	}
	x.endAttempts(s, ended, known.TraceFlags())
	if x.active != nil {
		t.http.leave(x.active, s, failure, known)
	}
	if !recorded {
		return
	}
	span := newSpan()
	span.Context, span.Parent = known, x.parent
	span.Name, span.Kind, span.Started, span.Ended = exchangeName(s), trace.SpanKindServer, s.Started, ended
	span.Attributes, span.Links = appendExchangeAttributes(span.Attributes, s), x.position.linked()
	if failure != none {
		span.fail(failure.text(s.Record.Status), "")
	}
	t.record(span)
}

// keep has the exchange of a context traced, whatever sampling said.
func keep(ctx context.Context) {
	if x, ok := ctx.Value(exchangeKey{}).(*exchange); ok {
		x.kept = true
	}
}
