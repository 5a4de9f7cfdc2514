package telemetry

import (
	"context"
	"time"

	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"tidelock/proxy/stream"
)

// Attempt implements stream.Trace.
func (x *exchange) Attempt(s *stream.Stream) {
	x.attempt = attempt{started: time.Now()}
	ctx, known := context.Context(x), x.spanContext()
	if x.recording() {
		ctx, x.attempt.span = x.telemetry.start(ctx, exchangeName(s), clientSpan, x.attempt.started)
		known = x.attempt.span.SpanContext()
	}
	if s.Request != nil && x.telemetry.tracer != nil {
		x.telemetry.tell(ctx, known, s.Request)
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
		span := x.spanContext()
		if a.span != nil {
			span = a.span.SpanContext()
		}
		x.telemetry.http.attempted(s, failure, at.Sub(a.started), span)
	}
	if a.span == nil {
		return
	}
	a.span.SetAttributes(attemptAttributes(s)...)
	if failure != none {
		a.span.SetAttributes(errorType(failure.text(answered(s))))
		description := ""
		if err != nil {
			description = text([]byte(err.Error()))
		}
		a.span.SetStatus(codes.Error, description)
	}
	a.span.End(trace.WithTimestamp(at))
}
