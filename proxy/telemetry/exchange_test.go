package telemetry

import (
	"errors"
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
	first := (carrier{s.Request}).Get("traceparent")
	if got, want := string(s.TxnVariables.Get(traceparent).Data), fmt.Sprintf("00-%s-%s-00", known.TraceID(), known.SpanID()); got != want {
		t.Errorf("variable %q, want %q", got, want)
	}
	followed.Attempted(s, errors.New("refused"))
	followed.Attempt(s)
	second := (carrier{s.Request}).Get("traceparent")
	s.Record.Status, s.Record.Termination.Cause = 504, stream.ServerTimeout
	followed.End(s)
	spans := recorder.spans
	if len(spans) != 3 {
		t.Fatalf("spans %v: want both attempts and the exchange, for it failed", spans)
	}
	if last := spans[2].Context; last.SpanID() != known.SpanID() || last.TraceID() != known.TraceID() {
		t.Errorf("the exchange is recorded as %v", last)
	}
	for i, told := range []string{first, second} {
		if want := fmt.Sprintf("00-%s-%s-00", known.TraceID(), spans[i].Context.SpanID()); told != want || spans[i].Parent.SpanID() != known.SpanID() {
			t.Errorf("attempt %d told %q, want %q; parent %v", i, told, want, spans[i].Parent)
		}
	}
}
