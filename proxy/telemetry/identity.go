package telemetry

import (
	"context"
	"encoding/binary"
	"math/rand/v2"
	"slices"

	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"tidelock/proxy/message"
)

// newIdentity returns what a span is known by that is not sampled so far: below its parent, or of a new trace where that is
// invalid. The runtime's generator is ChaCha8: nobody can guess the identifiers of others from their own.
func newIdentity(parent trace.SpanContext) trace.SpanContext {
	c := trace.SpanContextConfig{TraceID: parent.TraceID(), SpanID: newSpanID(), TraceState: parent.TraceState()}
	for !c.TraceID.IsValid() {
		binary.NativeEndian.PutUint64(c.TraceID[:8], rand.Uint64())
		binary.NativeEndian.PutUint64(c.TraceID[8:], rand.Uint64())
	}
	return trace.NewSpanContext(c)
}

func newSpanID() (id trace.SpanID) {
	for !id.IsValid() {
		binary.NativeEndian.PutUint64(id[:], rand.Uint64())
	}
	return id
}

// Headers of W3C's Trace Context and Baggage.
const (
	headerTraceparent = "traceparent"
	headerTracestate  = "tracestate"
	headerBaggage     = "baggage"
)

// isPlain reports whether a propagator uses these headers and no others.
func isPlain(p propagation.TextMapPropagator) bool {
	fields := p.Fields()
	for _, field := range fields {
		if field != headerTraceparent && field != headerTracestate && field != headerBaggage {
			return false
		}
	}
	return slices.Contains(fields, headerTraceparent)
}

// arrives reports whether there is anything in a request for the propagator to read.
func (t *Telemetry) arrives(request *message.Message) bool {
	return !t.plain || request.Find(headerTraceparent, -1) >= 0 || request.Find(headerBaggage, -1) >= 0
}

// tell writes into a request which span it comes from: known, on behalf of ctx. Most requests need one header, which takes no
// propagator to write.
func (t *Telemetry) tell(ctx context.Context, known trace.SpanContext, request *message.Message) {
	simple := t.plain && known.IsValid() && known.TraceState().Len() == 0 &&
		request.Find(headerTracestate, -1) < 0 && request.Find(headerBaggage, -1) < 0
	if !simple {
		t.propagator.Inject(trace.ContextWithSpanContext(ctx, known), carrier{request})
		return
	}
	var header [55]byte
	request.Set(headerTraceparent, appendTraceparent(header[:0], known))
}
