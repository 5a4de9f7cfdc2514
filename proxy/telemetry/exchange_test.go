package telemetry

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"go.opentelemetry.io/otel/propagation"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
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

// An exchange that nobody has asked for anything as a Context serves again; one that somebody may remember does not.
func TestExchange_Release(t *testing.T) {
	followed, err := New(Config{Meters: sdkmetric.NewMeterProvider()})
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.WithValue(context.Background(), "whose", "mine")
	s := newExchange()
	exchange := func(use func(context.Context)) {
		s.Context = ctx
		x := followed.Begin(s)
		x.Attempt(s)
		use(s.Context)
		x.End(s)
	}
	if n := testing.AllocsPerRun(100, func() { exchange(func(context.Context) {}) }); n > 0.5 {
		t.Errorf("%v allocations for each exchange", n)
	}
	if s.Context != ctx {
		t.Error("the stream has the Context of an exchange that is over")
	}
	for name, use := range map[string]func(context.Context){
		"Value":    func(c context.Context) { c.Value("whose") },
		"Done":     func(c context.Context) { c.Done() },
		"Err":      func(c context.Context) { c.Err() },
		"Deadline": func(c context.Context) { c.Deadline() },
	} {
		var kept context.Context
		exchange(func(c context.Context) { use(c); kept = c })
		ctx = context.WithValue(context.Background(), "whose", "another's")
		for range 100 {
			exchange(func(context.Context) {})
		}
		if got := kept.Value("whose"); got != "mine" {
			t.Errorf("after %s the Context of an exchange that is over is %v", name, got)
		}
		ctx = context.WithValue(context.Background(), "whose", "mine")
	}
}
