package telemetry

import (
	"context"
	"log/slog"
	"sync/atomic"

	sdklog "go.opentelemetry.io/otel/sdk/log"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// health says when the exporter of a signal begins to fail, and when it works again: once each, however much is lost in
// between.
type health struct {
	log    *slog.Logger
	signal string // "traces" ...; empty: of several
	away   atomic.Bool
}

// Handle implements otel.ErrorHandler.
func (h *health) Handle(err error) {
	if !h.away.Swap(true) {
		h.log.Warn("telemetry is lost: its receiver does not answer as it should", "signal", h.signal, "error", err)
	}
}

// works notes that something was delivered.
func (h *health) works() {
	if h.away.Load() && h.away.Swap(false) {
		h.log.Info("telemetry is received again", "signal", h.signal)
	}
}

// reportingSpans reports on the health of an exporter.
type reportingSpans struct {
	sdktrace.SpanExporter
	health *health
}

// ExportSpans implements sdktrace.SpanExporter.
func (r reportingSpans) ExportSpans(ctx context.Context, spans []sdktrace.ReadOnlySpan) error {
	return r.health.report(r.SpanExporter.ExportSpans(ctx, spans))
}

// reportingMetrics reports on the health of an exporter.
type reportingMetrics struct {
	sdkmetric.Exporter
	health *health
}

// Export implements sdkmetric.Exporter.
func (r reportingMetrics) Export(ctx context.Context, m *metricdata.ResourceMetrics) error {
	return r.health.report(r.Exporter.Export(ctx, m))
}

// reportingLogs reports on the health of an exporter.
type reportingLogs struct {
	sdklog.Exporter
	health *health
}

// Export implements sdklog.Exporter.
func (r reportingLogs) Export(ctx context.Context, records []sdklog.Record) error {
	return r.health.report(r.Exporter.Export(ctx, records))
}

// report takes the outcome of an export. The error ends here: the SDK would tell the process's handler, once more.
func (h *health) report(err error) error {
	if err != nil {
		h.Handle(err)
	} else {
		h.works()
	}
	return nil
}
