// Package telemetry makes traces and metrics of exchanges and of the scripts that run on their behalf, by OpenTelemetry's API
// and its semantic conventions. Providers come from outside: this package has no exporters, and nothing global.
//
// An exchange has a server span, each attempt to reach a server a client span below it, each execution of a script another
// one. An exchange that sampling leaves out costs no more than its identifiers; should it fail, or one of its scripts fail or be
// slow, then the span is made when it is over, with the identifiers that servers and logs have been told. [Kept] is how a
// sampler knows such a span.
package telemetry

import (
	"context"
	"errors"
	"time"

	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
)

// Scope names what makes the spans and metrics.
const Scope = "tidelock"

// Config says where spans and measurements go. The zero value of a field is its default.
type Config struct {
	// Tracers makes spans. nil: there are none, and headers are left as they are.
	Tracers trace.TracerProvider
	// Meters keeps measurements. nil: there are none.
	Meters metric.MeterProvider
	// Propagator reads the trace from requests and writes it into them. nil: traces begin and end here.
	Propagator propagation.TextMapPropagator
	// Slow is how long an execution may take before it is traced whatever sampling says: on the clock, or for tasks, which
	// mostly wait, of the processor. 0: none is slow.
	Slow time.Duration
}

// Telemetry follows exchanges and executions. It is safe for concurrent use.
type Telemetry struct {
	tracer     trace.Tracer // nil for none
	propagator propagation.TextMapPropagator
	slow       time.Duration
	http       *httpMetrics      // nil for none
	executions *executionMetrics // nil for none
	meter      metric.Meter      // nil for none
}

// New returns what follows exchanges and executions for these providers.
func New(c Config) (*Telemetry, error) {
	t := &Telemetry{propagator: c.Propagator, slow: c.Slow}
	if t.propagator == nil {
		t.propagator = propagation.NewCompositeTextMapPropagator()
	}
	if c.Tracers != nil {
		t.tracer = c.Tracers.Tracer(Scope)
	}
	if c.Meters == nil {
		return t, nil
	}
	t.meter = c.Meters.Meter(Scope)
	var errs [2]error
	t.http, errs[0] = newHTTPMetrics(t.meter)
	t.executions, errs[1] = newExecutionMetrics(t.meter)
	return t, errors.Join(errs[:]...)
}

// The kinds of our spans, made once.
var (
	serverSpan   = trace.WithSpanKind(trace.SpanKindServer)
	clientSpan   = trace.WithSpanKind(trace.SpanKindClient)
	internalSpan = trace.WithSpanKind(trace.SpanKindInternal)
)

// start begins a span.
func (t *Telemetry) start(ctx context.Context, name string, kind trace.SpanStartOption, at time.Time) (context.Context, trace.Span) {
	return t.tracer.Start(ctx, name, kind, trace.WithTimestamp(at))
}
