package luabridge

import (
	"context"

	"go.opentelemetry.io/otel/trace"

	"tidelock/host"
	"tidelock/proxy/telemetry"
)

// What nobody waits for has traces of its own: tasks, and functions that are told of events. Their spans link to those that
// caused them: which registered the task, put something into the queue that it waited for, or found a server down.

// causeKey finds in a context the span that caused an event.
type causeKey struct{}

func causedBy(ctx context.Context, cause trace.SpanContext) context.Context {
	if !cause.IsSampled() {
		return ctx
	}
	return context.WithValue(ctx, causeKey{}, cause)
}

// linkToCause links the span of an execution that begins.
func linkToCause(ctx context.Context, r *host.Registration) {
	if cause, ok := ctx.Value(causeKey{}).(trace.SpanContext); ok {
		telemetry.LinkToCause(ctx, cause, telemetry.CauseCheck)
	}
	if origin := r.Origin(); origin != nil {
		telemetry.LinkToCause(ctx, trace.SpanContextFromContext(origin), telemetry.CauseRegistration)
	}
}
