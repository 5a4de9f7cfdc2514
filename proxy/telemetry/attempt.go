package telemetry

import (
	"context"
	"errors"
	"net"
	"time"

	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"tidelock/proxy/stream"
)

// Attempt implements stream.Trace.
func (x *exchange) Attempt(s *stream.Stream) {
	x.attempt = attempt{started: time.Now()}
	ctx := x.Context
	if x.span.IsRecording() {
		ctx, x.attempt.span = x.telemetry.start(ctx, exchangeName(s), clientSpan, x.attempt.started)
	}
	if s.Request != nil && x.telemetry.tracer != nil {
		x.telemetry.propagator.Inject(ctx, carrier{s.Request})
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
		x.telemetry.http.attempted(x, s, failure, at.Sub(a.started))
	}
	if a.span == nil {
		return
	}
	a.span.SetAttributes(attemptAttributes(s)...)
	if failure != "" {
		a.span.SetAttributes(errorType(failure))
		description := ""
		if err != nil {
			description = text([]byte(err.Error()))
		}
		a.span.SetStatus(codes.Error, description)
	}
	a.span.End(trace.WithTimestamp(at))
}

// attemptFailure says in a word how an attempt failed, or nothing.
func attemptFailure(s *stream.Stream, err error) string {
	if err == nil {
		return answerFailure(s)
	}
	var timeout net.Error
	switch {
	case errors.Is(err, context.Canceled):
		return "canceled"
	case errors.As(err, &timeout) && timeout.Timeout():
		return "timeout"
	case s.ConnectError != stream.Success:
		return "connect"
	}
	return "no_response"
}
