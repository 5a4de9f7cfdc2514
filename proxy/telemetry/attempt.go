package telemetry

import (
	"time"

	"go.opentelemetry.io/otel/trace"

	"tidelock/proxy/stream"
)

// attempt is the way of a request to one server.
type attempt struct {
	context trace.SpanContext // below the exchange's
	started time.Time         // zero: there is no attempt
}

// maxFailedAttempts bounds the attempts of an exchange that are kept until it is known whether it is traced.
const maxFailedAttempts = 8

// Attempt implements stream.Trace.
func (x *exchange) Attempt(s *stream.Stream) {
	x.attempt = attempt{started: time.Now(), context: x.position.context}
	if x.telemetry.recorder == nil {
		return
	}
	x.attempt.context = x.attempt.context.WithSpanID(newSpanID())
	if s.Request != nil {
		x.telemetry.tell(x, x.attempt.context, s.Request)
	}
}

// Attempted implements stream.Trace. Whatever sampling said, the attempt belongs to a trace if the exchange does in the end.
func (x *exchange) Attempted(s *stream.Stream, err error) {
	span := x.endAttempt(s, err, time.Now(), x.position.context.TraceFlags(), x.telemetry.recorder != nil)
	switch {
	case span == nil:
	case x.position.IsRecording():
		x.telemetry.record(span)
	case len(x.failed) < maxFailedAttempts:
		x.failed = append(x.failed, span)
	default:
		span.release()
	}
}

// endAttempts ends the attempt under way, if there is one, and records it together with those that were kept, or nothing.
func (x *exchange) endAttempts(s *stream.Stream, at time.Time, flags trace.TraceFlags) {
	last := x.endAttempt(s, nil, at, flags, flags.IsSampled())
	for _, span := range x.failed {
		if flags.IsSampled() {
			x.telemetry.record(span)
		} else {
			span.release()
		}
	}
	x.failed = nil
	if last != nil {
		x.telemetry.record(last)
	}
}

// endAttempt ends the attempt under way, measures it with these flags, and returns its span if that is wanted. Without an error
// it succeeded, unless the exchange's record says otherwise.
func (x *exchange) endAttempt(s *stream.Stream, err error, at time.Time, flags trace.TraceFlags, wanted bool) *Span {
	a := x.attempt
	if a.started.IsZero() {
		return nil
	}
	x.attempt = attempt{}
	failure := attemptFailure(s, err)
	if x.active != nil {
		x.telemetry.http.attempted(s, failure, at.Sub(a.started), a.context.WithTraceFlags(flags))
	}
	if !wanted {
		return nil
	}
	span := newSpan()
	span.Context, span.Parent = a.context, x.position.context
	span.Name, span.Kind, span.Started, span.Ended = exchangeName(s), trace.SpanKindClient, a.started, at
	span.Attributes = appendAttemptAttributes(span.Attributes, s)
	if failure != none {
		description := ""
		if err != nil {
			description = text([]byte(err.Error()))
		}
		span.fail(failure.text(answered(s)), description)
	}
	return span
}
