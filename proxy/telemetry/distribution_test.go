package telemetry

import (
	"slices"
	"sync"
	"testing"

	"go.opentelemetry.io/otel/attribute"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/trace"
)

func TestDistribution(t *testing.T) {
	d := distribution{name: "took", unit: "s", bounds: []int64{10, 100}, scale: 0.5}
	c := d.cell(attribute.String("a", "b"))
	if again := d.cell(attribute.String("a", "b")); again != c {
		t.Error("the same attributes have two cells")
	}
	sampled := trace.NewSpanContext(trace.SpanContextConfig{TraceID: trace.TraceID{1}, SpanID: trace.SpanID{2}, TraceFlags: trace.FlagsSampled})
	for _, value := range []int64{-1, 10, 11, 100, 101} {
		c.record(value, trace.SpanContext{})
	}
	c.record(99, sampled)
	read := d.read()
	if !slices.Equal(read.Bounds, []float64{5, 50}) || len(read.Points) != 1 {
		t.Fatalf("read %+v", read)
	}
	p := read.Points[0]
	if !slices.Equal(p.Counts, []uint64{2, 3, 1}) || p.Sum != 160 {
		t.Errorf("counts %v, sum %v", p.Counts, p.Sum)
	}
	if len(p.Exemplars) != 1 || p.Exemplars[0].Value != 49.5 || p.Exemplars[0].Trace != sampled.TraceID() {
		t.Errorf("exemplars %+v", p.Exemplars)
	}
}

// TestFew has many goroutines look for the same keys while they are added: each gets one value, up to the bound.
func TestFew(t *testing.T) {
	var f few[int, *int]
	var all sync.WaitGroup
	var mu sync.Mutex
	made := make(map[int]*int)
	for range 8 {
		all.Go(func() {
			for key := range 20 {
				value, ok := f.find(key)
				if !ok {
					value, ok = f.add(key, 10, func() *int { return new(key) })
				}
				mu.Lock()
				if known := made[key]; ok && known != nil && known != value {
					t.Errorf("%d has two values", key)
				}
				if ok {
					made[key] = value
				}
				mu.Unlock()
			}
		})
	}
	all.Wait()
	if len(made) != 10 {
		t.Errorf("%d values, want 10", len(made))
	}
}

// TestHTTPMetrics_overflow has a server answer with more kinds of responses than are told apart.
func TestHTTPMetrics_overflow(t *testing.T) {
	telemetry, err := New(Config{Meters: sdkmetric.NewMeterProvider()})
	if err != nil {
		t.Fatal(err)
	}
	of := newExchange()
	exchange := func(status int) {
		s := newExchange()
		s.Frontend, s.Server = of.Frontend, of.Server
		s.Record.Status = status
		s.Response.SetResponse(status, nil)
		followed := telemetry.Begin(s)
		followed.Attempt(s)
		followed.End(s)
	}
	const kinds = 300
	for status := 100; status < 100+kinds; status++ {
		exchange(status)
	}
	for _, d := range telemetry.Distributions() {
		var counted, overflowed uint64
		for _, p := range d.Points {
			for _, n := range p.Counts {
				counted += n
				if _, ok := p.Attributes.Value("otel.metric.overflow"); ok {
					overflowed += n
				}
			}
		}
		if counted != kinds || overflowed != kinds-maxSeries || len(d.Points) != maxSeries+1 {
			t.Errorf("%s: %d counted in %d points, %d of them overflowed", d.Name, counted, len(d.Points), overflowed)
		}
	}
}
