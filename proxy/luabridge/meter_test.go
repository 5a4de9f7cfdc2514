package luabridge

import (
	"slices"
	"strings"
	"testing"

	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
)

// TestMeter measures in two registrations with one instrument, which was made while the script was loaded.
func TestMeter(t *testing.T) {
	reader := sdkmetric.NewManualReader()
	b, _ := newBridge(t, `
local hits = core.meter.counter("cache.hits", {unit = "{hit}", description = "Found."})
local size = core.meter.gauge("cache.size")
local took = core.meter.histogram("cache.lookup", {unit = "s"})
core.register_fetches("first", function() hits:add(1, {tier = "a"}) size:set(7) took:record(0.5) return 1 end)
core.register_fetches("second", function()
  core.meter.counter("cache.hits"):add(2.5, {tier = "a"})
  return 1
end)`, func(c *Config) { c.Meter = sdkmetric.NewMeterProvider(sdkmetric.WithReader(reader)) })
	fetched(t, b, newExchange(), "first")
	fetched(t, b, newExchange(), "second")
	var all metricdata.ResourceMetrics
	if err := reader.Collect(t.Context(), &all); err != nil {
		t.Fatal(err)
	}
	found := 0
	of := slices.IndexFunc(all.ScopeMetrics, func(m metricdata.ScopeMetrics) bool { return m.Scope.Name == scope })
	for _, m := range all.ScopeMetrics[of].Metrics {
		switch data := m.Data.(type) {
		case metricdata.Sum[float64]:
			if found++; len(data.DataPoints) != 1 || data.DataPoints[0].Value != 3.5 || m.Unit != "{hit}" || !data.IsMonotonic {
				t.Errorf("%s: %v", m.Name, data)
			}
		case metricdata.Gauge[float64]:
			if found++; data.DataPoints[0].Value != 7 {
				t.Errorf("%s: %v", m.Name, data)
			}
		case metricdata.Histogram[float64]:
			if found++; data.DataPoints[0].Sum != .5 {
				t.Errorf("%s: %v", m.Name, data)
			}
		}
	}
	if found != 3 {
		t.Errorf("%d instruments", found)
	}
}

func TestMeter_Errors(t *testing.T) {
	b, _ := newBridge(t, `
local hits = core.meter.counter("hits")
core.register_fetches("try", function(_, what)
  local tries = {
    less = function() hits:add(-1) end,
    text = function() hits:add("many") end,
    infinite = function() hits:add(1 / 0) end,
    attributes = function() hits:add(1, {a = {}}) end,
    options = function() core.meter.gauge("a", 1) end,
    crowd = function() for i = 1, 1001 do core.meter.gauge("gauge" .. i) end end,
  }
  return select(2, pcall(tries[what]))
end)`, nil)
	for _, tt := range []struct{ name, want string }{
		{"less", "a counter only grows"}, {"text", "number expected, got string"}, {"infinite", "a measurement is a finite number"},
		{"attributes", "attribute 'a' is neither"}, {"options", "table expected, got number"}, {"crowd", "more than 1000 instruments"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := fetched(t, b, newExchange(), "try", tt.name); !strings.Contains(got, tt.want) {
				t.Errorf("%s, want %s", got, tt.want)
			}
		})
	}
}
