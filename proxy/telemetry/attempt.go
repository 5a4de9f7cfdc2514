package telemetry

import (
	"time"

	"go.opentelemetry.io/otel/trace"

	"tidelock/proxy/stream"
)

// attempt is the way of a request to one server.
type attempt struct {
	context trace.SpanContext // the exchange's, unless that is sampled and so the attempt has a span
	started time.Time         // zero: there is no attempt
}

// Attempt implements stream.Trace.
func (x *exchange) Attempt(s *stream.Stream) {
	x.attempt = attempt{started: time.Now(), context: x.position.context}
	if x.position.IsRecording() {
		x.attempt.context = x.attempt.context.WithSpanID(newSpanID())
	}
	if s.Request != nil && x.telemetry.recorder != nil {
		x.telemetry.tell(x, x.attempt.context, s.Request)
	}
}

// Attempted implements stream.Trace.
func (x *exchange) Attempted(s *stream.Stream, err error) { x.endAttempt(s, err, time.Now()) }

// endAttempt ends the attempt under way, if there is one. Without an error it succeeded, unless the exchange's record says
// otherwise.
func (x *exchange) endAttempt(s *stream.Stream, err error, at time.Time) {
	a := x.attempt
	if a.started.IsZero() {
		return
	}
	x.attempt = attempt{}
	failure := attemptFailure(s, err)
	if x.active != nil {
		x.telemetry.http.attempted(s, failure, at.Sub(a.started), a.context)
	}
	if !x.position.IsRecording() {
		return
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
	x.telemetry.record(span)
}
