package telemetry

import (
	"fmt"
	"testing"

	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"tidelock/proxy/stream"
)

// recording keeps the spans that it is given.
type recording struct{ spans []Span }

// Record implements Recorder.
func (r *recording) Record(s *Span) { r.spans = append(r.spans, *s) }

// TestBegin_leftOut looks at what an exchange that sampling leaves out can be asked.
func TestBegin_leftOut(t *testing.T) {
	recorder := new(recording)
	telemetry, err := New(Config{Recorder: recorder, Propagator: propagation.TraceContext{},
		Sampling: func(trace.SpanContext, trace.TraceID) bool { return false }})
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
	if spans := recorder.spans; len(spans) != 1 || spans[0].Context.SpanID() != known.SpanID() || spans[0].Context.TraceID() != known.TraceID() {
		t.Errorf("spans %v: want one of the identity that was told, for it failed", spans)
	}
}
