package telemetry

import (
	"context"
	"fmt"
	"testing"

	"go.opentelemetry.io/otel/propagation"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"tidelock/proxy/stream"
)

// kept gives spans the identifiers that they are to keep.
type kept struct{}

func (kept) NewIDs(ctx context.Context) (trace.TraceID, trace.SpanID) {
	known, _ := Kept(ctx)
	return known.TraceID(), known.SpanID()
}

func (kept) NewSpanID(ctx context.Context, _ trace.TraceID) trace.SpanID {
	known, _ := Kept(ctx)
	return known.SpanID()
}

// TestBegin_leftOut looks at what an exchange that sampling leaves out can be asked.
func TestBegin_leftOut(t *testing.T) {
	recorder := tracetest.NewSpanRecorder()
	telemetry, err := New(Config{Tracers: sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(recorder), sdktrace.WithIDGenerator(kept{})),
		Propagator: propagation.TraceContext{},
		Sampling:   func(trace.SpanContext, trace.TraceID) bool { return false }})
	if err != nil {
		t.Fatal(err)
	}
	s := newExchange()
	followed := telemetry.Begin(s)
	known := trace.SpanContextFromContext(s.Context)
	if !known.IsValid() || known.IsSampled() {
		t.Fatalf("known as %v", known)
	}
	followed.Attempt(s)
	want := fmt.Sprintf("00-%s-%s-00", known.TraceID(), known.SpanID())
	if got := (carrier{s.Request}).Get("traceparent"); got != want {
		t.Errorf("told %q, want %q", got, want)
	}
	if got := string(s.TxnVariables.Get(traceparent).Data); got != want {
		t.Errorf("variable %q, want %q", got, want)
	}
	s.Record.Status, s.Record.Termination.Cause = 504, stream.ServerTimeout
	followed.End(s)
	spans := recorder.Ended()
	if len(spans) != 1 || spans[0].SpanContext().SpanID() != known.SpanID() || spans[0].SpanContext().TraceID() != known.TraceID() {
		t.Errorf("spans %v: want one of the identity that was told, for it failed", spans)
	}
}
