// Package telemetry makes traces and metrics of exchanges and of the scripts that run on their behalf, by OpenTelemetry's API
// and its semantic conventions. Providers come from outside: this package has no exporters, and nothing global.
//
// An exchange has a server span, each attempt to reach a server a client span below it, each execution of a script another
// one. None exists before it is over: until then there are but identifiers, which servers and logs are told. So what
// sampling leaves out costs next to nothing, and can still be recorded if it fails or is slow.
package telemetry

import (
	"time"

	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"
)

// Scope names what makes the spans and metrics.
const Scope = "tidelock"

// Config says where spans and measurements go. The zero value of a field is its default.
type Config struct {
	// Recorder takes the spans of exchanges and executions. nil: there are none, and headers are left as they are.
	Recorder Recorder
	// Sampling decides whether what begins is traced: below parent, which may be invalid, in the trace id. nil: all is.
	Sampling func(parent trace.SpanContext, id trace.TraceID) bool
	// Tracers makes the spans that scripts open below theirs. nil: there are none.
	Tracers trace.TracerProvider
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
	recorder   Recorder // nil for none
	sampling   func(parent trace.SpanContext, id trace.TraceID) bool
	tracers    trace.TracerProvider
	propagator propagation.TextMapPropagator
	plain      bool // the propagator is that of W3C's Trace Context, perhaps with Baggage
	slow       time.Duration
	http       *httpMetrics      // nil for none
	executions *executionMetrics // nil for none
}

// New returns what follows exchanges and executions for these providers.
func New(c Config) (*Telemetry, error) {
	t := &Telemetry{recorder: c.Recorder, sampling: c.Sampling, tracers: c.Tracers, propagator: c.Propagator, slow: c.Slow}
	if t.sampling == nil {
		t.sampling = func(trace.SpanContext, trace.TraceID) bool { return true }
	}
	if t.tracers == nil {
		t.tracers = noop.NewTracerProvider()
	}
	if t.propagator == nil {
		t.propagator = propagation.NewCompositeTextMapPropagator()
	}
	t.plain = isPlain(t.propagator)
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
