package telemetry

import (
	"context"
	"testing"
	"time"

	"go.opentelemetry.io/otel/propagation"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/trace"

	"tidelock/proxy/message"
	"tidelock/proxy/stream"
)

// newExchange returns a stream as it is when a server has answered a request.
func newExchange() *stream.Stream {
	s := &stream.Stream{
		Session: &stream.Session{}, Frontend: &stream.Proxy{Name: "www"}, Backend: &stream.Proxy{Name: "origin"}, Server: &stream.Server{Name: "one"},
		Request: new(message.Message), Response: new(message.Message), Started: time.Now(), Record: stream.NewRecord(), Context: context.Background(),
	}
	s.Request.SetLimit(1 << 14)
	s.Request.SetRequest([]byte("GET"), []byte("/a?b"))
	s.Request.EndHeaders()
	s.Request.Add("host", []byte("a.example"))
	s.Request.Add("user-agent", []byte("bench"))
	s.Response.SetResponse(200, []byte("OK"))
	s.Response.EndHeaders()
	s.ReceivedMethod, s.ReceivedURI = s.Request.Method(), s.Request.URI()
	s.Record.Status = 200
	s.Record.Timers.Response = time.Millisecond
	s.Record.Timers.Active = time.Millisecond
	return s
}

// nowhere is a Recorder.
type nowhere struct{}

// Record implements Recorder.
func (nowhere) Record(*Span) {}

// BenchmarkExchange measures what following an exchange with one attempt costs. What spans cost to send is not in it.
func BenchmarkExchange(b *testing.B) {
	metrics := sdkmetric.NewMeterProvider(sdkmetric.WithReader(sdkmetric.NewManualReader()))
	never := func(trace.SpanContext, trace.TraceID) bool { return false }
	propagator := propagation.NewCompositeTextMapPropagator(propagation.TraceContext{}, propagation.Baggage{})
	for _, mode := range []struct {
		name   string
		config Config
	}{
		{"metrics", Config{Meters: metrics}},
		{"unsampled", Config{Recorder: nowhere{}, Propagator: propagator, Sampling: never}},
		{"unsampled, with metrics", Config{Meters: metrics, Recorder: nowhere{}, Propagator: propagator, Sampling: never}},
		{"sampled, with metrics", Config{Meters: metrics, Recorder: nowhere{}, Propagator: propagator}},
	} {
		b.Run(mode.name, func(b *testing.B) {
			t, err := New(mode.config)
			if err != nil {
				b.Fatal(err)
			}
			s := newExchange()
			b.ReportAllocs()
			for b.Loop() {
				s.Context = context.Background()
				s.Request.Delete("traceparent") // requests come without one
				followed := t.Begin(s)
				followed.Attempt(s)
				followed.End(s)
			}
		})
	}
}
