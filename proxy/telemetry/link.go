package telemetry

import (
	"context"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"
)

// What nobody waits for has traces of its own. Its spans link to those that caused them, and say how.
const (
	CauseCheck        = "check"        // it changed a server
	CauseQueue        = "queue"        // an execution put something into the queue that the other one waited for
	CauseShared       = "shared"       // an execution changed the key of core.shared that the other one waited for
	CauseRegistration = "registration" // an execution registered the function that the other one runs
)

const keyCause = attribute.Key("tidelock.cause")

func linkTo(cause trace.SpanContext, of string) trace.Link {
	return trace.Link{SpanContext: cause, Attributes: []attribute.KeyValue{keyCause.String(of)}}
}

// TakeCause returns what the span of an execution was linked to last, once: it caused the work that a script opens a span for
// next. A task that never ends has no other span by which that could be found.
func TakeCause(of trace.Span) []trace.Link {
	p, ok := of.(*position)
	if !ok {
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	links := p.woken
	p.woken = nil
	return links
}

// LinkToCause links the span of a context to what caused it. A cause that is not recorded is left out.
func LinkToCause(ctx context.Context, cause trace.SpanContext, of string) {
	if cause.IsSampled() {
		trace.SpanFromContext(ctx).AddLink(linkTo(cause, of))
	}
}
