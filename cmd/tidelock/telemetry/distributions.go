package telemetry

import (
	"context"
	"time"

	"go.opentelemetry.io/otel/sdk/instrumentation"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"

	"tidelock/proxy/telemetry"
)

// distributions gives the histograms of exchanges and executions to a reader of metrics. They add up from the start,
// whatever temporality is preferred.
type distributions struct {
	providers *Providers
	since     time.Time
}

var _ sdkmetric.Producer = distributions{}

// Produce implements sdkmetric.Producer.
func (d distributions) Produce(context.Context) ([]metricdata.ScopeMetrics, error) {
	follower := d.providers.follower.Load()
	if follower == nil {
		return nil, nil // still starting
	}
	now := time.Now()
	var metrics []metricdata.Metrics
	for _, read := range follower.Distributions() {
		histogram := metricdata.Histogram[float64]{Temporality: metricdata.CumulativeTemporality}
		for _, p := range read.Points {
			histogram.DataPoints = append(histogram.DataPoints, point(read.Bounds, p, d.since, now))
		}
		metrics = append(metrics, metricdata.Metrics{Name: read.Name, Unit: read.Unit, Description: read.Description, Data: histogram})
	}
	if metrics == nil {
		return nil, nil
	}
	return []metricdata.ScopeMetrics{{Scope: instrumentation.Scope{Name: telemetry.Scope}, Metrics: metrics}}, nil
}

func point(bounds []float64, p telemetry.Point, since, now time.Time) metricdata.HistogramDataPoint[float64] {
	converted := metricdata.HistogramDataPoint[float64]{
		Attributes: p.Attributes, StartTime: since, Time: now, Bounds: bounds, BucketCounts: p.Counts, Sum: p.Sum,
	}
	for _, n := range p.Counts {
		converted.Count += n
	}
	for _, e := range p.Exemplars {
		converted.Exemplars = append(converted.Exemplars, metricdata.Exemplar[float64]{
			Time: e.At, Value: e.Value, TraceID: e.Trace[:], SpanID: e.Span[:],
		})
	}
	return converted
}
