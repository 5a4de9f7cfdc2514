package telemetry

import (
	"encoding/binary"
	"math/rand/v2"
	"testing"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// TestSampler_agrees compares what is decided without a span with what the SDK's sampler decides for the same trace.
func TestSampler_agrees(t *testing.T) {
	parents := map[string]trace.SpanContext{
		"none":      {},
		"sampled":   trace.NewSpanContext(trace.SpanContextConfig{TraceID: trace.TraceID{1}, SpanID: trace.SpanID{1}, TraceFlags: trace.FlagsSampled, Remote: true}),
		"unsampled": trace.NewSpanContext(trace.SpanContextConfig{TraceID: trace.TraceID{1}, SpanID: trace.SpanID{1}, Remote: true}),
	}
	for _, ratio := range []float64{0, 1e-3, 0.01, 0.5, 0.999, 1} {
		for _, parentBased := range []bool{false, true} {
			s := newSampler(ratio, parentBased)
			for name, parent := range parents {
				for range 1000 {
					var id trace.TraceID
					binary.NativeEndian.PutUint64(id[:8], rand.Uint64())
					binary.NativeEndian.PutUint64(id[8:], rand.Uint64())
					want := s.sdk().ShouldSample(sdktrace.SamplingParameters{
						ParentContext: trace.ContextWithSpanContext(t.Context(), parent), TraceID: id,
					}).Decision == sdktrace.RecordAndSample
					if got := s.samples(parent, id); got != want {
						t.Fatalf("ratio %v, parent based %v, parent %s, trace %s: got %v, want %v", ratio, parentBased, name, id, got, want)
					}
				}
			}
		}
	}
}
