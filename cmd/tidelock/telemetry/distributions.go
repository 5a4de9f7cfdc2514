package telemetry

import (
	"context"
	"os"
	"slices"
	"sync"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/instrumentation"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"

	"tidelock/proxy/telemetry"
)

// distributions gives the histograms of exchanges and executions to one reader of metrics.
type distributions struct {
	providers *Providers
	delta     bool // each time what has come since the last one, instead of all since the start
	bare      bool // without exemplars

	mu    sync.Mutex
	since time.Time                  // the beginning of what is produced next; guarded by mu
	told  map[series]telemetry.Point // what was produced before, for deltas; guarded by mu
}

// series is what is counted for one set of attributes.
type series struct {
	name       string
	attributes attribute.Distinct
}

var _ sdkmetric.Producer = (*distributions)(nil)

// newDistributions returns the producer for a reader that prefers a temporality.
func newDistributions(p *Providers, preferred metricdata.Temporality) *distributions {
	return &distributions{
		providers: p, delta: preferred == metricdata.DeltaTemporality, bare: os.Getenv("OTEL_METRICS_EXEMPLAR_FILTER") == "always_off",
		since: time.Now(), told: map[series]telemetry.Point{},
	}
}

// Produce implements sdkmetric.Producer.
func (d *distributions) Produce(context.Context) ([]metricdata.ScopeMetrics, error) {
	follower := d.providers.follower.Load()
	if follower == nil {
		return nil, nil // still starting
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	now := time.Now()
	var metrics []metricdata.Metrics
	for _, read := range follower.Distributions() {
		histogram := metricdata.Histogram[float64]{Temporality: metricdata.CumulativeTemporality}
		for _, p := range read.Points {
			if d.bare {
				p.Exemplars = nil
			}
			if !d.delta || d.grown(read.Name, &p) {
				histogram.DataPoints = append(histogram.DataPoints, point(read.Bounds, p, d.since, now))
			}
		}
		if d.delta {
			histogram.Temporality = metricdata.DeltaTemporality
		}
		if len(histogram.DataPoints) > 0 {
			metrics = append(metrics, metricdata.Metrics{Name: read.Name, Unit: read.Unit, Description: read.Description, Data: histogram})
		}
	}
	if d.delta {
		d.since = now
	}
	if metrics == nil {
		return nil, nil
	}
	return []metricdata.ScopeMetrics{{Scope: instrumentation.Scope{Name: telemetry.Scope}, Metrics: metrics}}, nil
}

// grown leaves in a point what has come since it was produced last, and reports whether that is anything. mu is held.
func (d *distributions) grown(name string, p *telemetry.Point) bool {
	key := series{name, p.Attributes.Equivalent()}
	all, before := *p, d.told[key]
	d.told[key] = all
	p.Counts, p.Sum = slices.Clone(all.Counts), all.Sum-before.Sum
	grown := false
	for i := range p.Counts {
		if i < len(before.Counts) {
			p.Counts[i] -= before.Counts[i]
		}
		grown = grown || p.Counts[i] > 0
	}
	p.Exemplars = slices.DeleteFunc(slices.Clone(all.Exemplars), func(e telemetry.Exemplar) bool { return e.At.Before(d.since) })
	return grown
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
