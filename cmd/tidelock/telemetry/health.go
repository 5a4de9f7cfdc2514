package telemetry

import (
	"context"
	"log/slog"
	"sync/atomic"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// health says when exporters begin to fail, and when they work again: once each, however much is lost in between.
type health struct {
	log  *slog.Logger
	away atomic.Bool
}

// Handle implements otel.ErrorHandler.
func (h *health) Handle(err error) {
	if !h.away.Swap(true) {
		h.log.Warn("telemetry is lost: its receiver does not answer as it should", "error", err)
	}
}

// works notes that something was delivered.
func (h *health) works() {
	if h.away.Load() && h.away.Swap(false) {
		h.log.Info("telemetry is received again")
	}
}

// reporting reports on the health of an exporter.
type reporting struct {
	sdktrace.SpanExporter
	health *health
}

// ExportSpans implements sdktrace.SpanExporter.
func (r reporting) ExportSpans(ctx context.Context, spans []sdktrace.ReadOnlySpan) error {
	if err := r.SpanExporter.ExportSpans(ctx, spans); err != nil {
		r.health.Handle(err)
		return nil
	}
	r.health.works()
	return nil
}
