package telemetry

import (
	"context"
	"time"

	"go.opentelemetry.io/otel/trace"
)

// keptKey finds in a context what Kept returns.
type keptKey struct{}

// Kept reports whether a span that is about to be made is to be kept: sampling has decided so already, or had left out what
// turned out to be worth keeping. A sampler should sample it, and a generator of identifiers give it those of the span context,
// unless that is invalid: then it needs a new one.
func Kept(ctx context.Context) (trace.SpanContext, bool) {
	known, ok := ctx.Value(keptKey{}).(trace.SpanContext)
	return known, ok
}

// startKept makes a span that is sampled. Its parent is the context's; known, where it is valid, are the identifiers that it
// has had so far.
func (t *Telemetry) startKept(ctx context.Context, known trace.SpanContext, name string, kind trace.SpanStartOption, at time.Time) trace.Span {
	_, span := t.start(context.WithValue(ctx, keptKey{}, known), name, kind, at)
	return span
}
