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
	// Sampling decides whether an exchange is traced whose request came with parent, which may be invalid, and that belongs to
	// the trace id. Tracers must sample what Kept reports. nil: Tracers decides, which costs more for what is left out.
	Sampling func(parent trace.SpanContext, id trace.TraceID) bool
	// Meters keeps measurements, but for Distributions. nil: there are none, nor Distributions.
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
	sampling   func(parent trace.SpanContext, id trace.TraceID) bool
	propagator propagation.TextMapPropagator
	plain      bool // the propagator is that of W3C's Trace Context, perhaps with Baggage
	slow       time.Duration
	http       *httpMetrics      // nil for none
	executions *executionMetrics // nil for none
}

// New returns what follows exchanges and executions for these providers.
func New(c Config) (*Telemetry, error) {
	t := &Telemetry{sampling: c.Sampling, propagator: c.Propagator, slow: c.Slow}
	if t.propagator == nil {
		t.propagator = propagation.NewCompositeTextMapPropagator()
	}
	t.plain = isPlain(t.propagator)
	if c.Tracers != nil {
		t.tracer = c.Tracers.Tracer(Scope)
	}
	if c.Meters == nil {
		return t, nil
	}
	t.executions = newExecutionMetrics()
	var err error
	t.http, err = newHTTPMetrics(c.Meters.Meter(Scope))
	return t, err
}

// Distributions returns what histograms have counted since the start.
func (t *Telemetry) Distributions() []Distribution {
	if t.http == nil {
		return nil
	}
	e := t.executions
	var all []Distribution
	for _, d := range []*distribution{&t.http.server, &t.http.client, &e.duration, &e.processor, &e.waited, &e.fuel, &e.memory} {
		if read := d.read(); len(read.Points) > 0 {
			all = append(all, read)
		}
	}
	return all
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
