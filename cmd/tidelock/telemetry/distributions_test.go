package telemetry

import (
	"context"
	"testing"
	"time"

	metrics "go.opentelemetry.io/proto/otlp/metrics/v1"

	"tidelock/cmd/tidelock/telemetry/otlptest"
	"tidelock/proxy/telemetry"
)

// TestDistributions_temporality measures executions between exports: the counts add up, or are those since the last export,
// as the variable for it says, over both protocols.
func TestDistributions_temporality(t *testing.T) {
	const cumulative, delta = metrics.AggregationTemporality_AGGREGATION_TEMPORALITY_CUMULATIVE, metrics.AggregationTemporality_AGGREGATION_TEMPORALITY_DELTA
	for _, test := range []struct {
		preference string
		want       metrics.AggregationTemporality
		counts     []uint64
	}{
		{"", cumulative, []uint64{2, 5, 5}}, {"cumulative", cumulative, []uint64{2, 5, 5}}, {"delta", delta, []uint64{2, 3, 0}}, {"lowmemory", delta, []uint64{2, 3, 0}},
	} {
		for _, protocol := range protocols {
			t.Run(test.preference+" "+protocol.name, func(t *testing.T) {
				r, err := protocol.start("127.0.0.1:0")
				if err != nil {
					t.Fatal(err)
				}
				defer r.Close()
				undisturbed(t)
				t.Setenv("OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE", test.preference)
				p, err := Start(t.Context(), Config{Endpoint: r.URL, Protocol: protocol.name, Timeout: time.Minute})
				if err != nil {
					t.Fatal(err)
				}
				defer p.Shutdown(context.Background()) //nolint:errcheck // nothing is left
				registration := telemetry.Registration{Kind: "action", Name: "work"}
				sent := 0
				for i, executions := range []int{2, 3, 0} {
					for range executions {
						_, x := p.Follower().Execute(t.Context(), &registration)
						x.End(telemetry.Usage{Fuel: 7}, telemetry.Failure{})
					}
					if err := p.metrics.ForceFlush(t.Context()); err != nil {
						t.Fatal(err)
					}
					count, exemplars := fuel(t, r, sent, test.want)
					sent = len(r.Metrics())
					if count != test.counts[i] || (count > 0) != (exemplars > 0) {
						t.Errorf("export %d: %d executions with %d exemplars, want %d", i, count, exemplars, test.counts[i])
					}
				}
			})
		}
	}
}

// TestDistributions_bare has no exemplars wanted.
func TestDistributions_bare(t *testing.T) {
	r, err := otlptest.StartHTTP("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	undisturbed(t)
	t.Setenv("OTEL_METRICS_EXEMPLAR_FILTER", "always_off")
	p, err := Start(t.Context(), Config{Endpoint: r.URL, Timeout: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	_, x := p.Follower().Execute(t.Context(), &telemetry.Registration{Kind: "action", Name: "work"})
	x.End(telemetry.Usage{Fuel: 7}, telemetry.Failure{})
	if err := p.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	if count, exemplars := fuel(t, r, 0, metrics.AggregationTemporality_AGGREGATION_TEMPORALITY_CUMULATIVE); count != 1 || exemplars != 0 {
		t.Errorf("%d executions with %d exemplars", count, exemplars)
	}
}

// fuel returns what has come of a histogram behind the first metrics.
func fuel(t *testing.T, r *otlptest.Receiver, behind int, want metrics.AggregationTemporality) (count uint64, exemplars int) {
	for _, m := range r.Metrics()[behind:] {
		if m.Name != "tidelock.execution.fuel" {
			continue
		}
		h := m.GetHistogram()
		if h.AggregationTemporality != want {
			t.Errorf("temporality %v", h.AggregationTemporality)
		}
		for _, p := range h.DataPoints {
			count += p.Count
			exemplars += len(p.Exemplars)
			if p.GetSum() != float64(7*p.Count) || p.StartTimeUnixNano >= p.TimeUnixNano {
				t.Errorf("point %v", p)
			}
		}
	}
	return count, exemplars
}
