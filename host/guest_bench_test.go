package host

import (
	"context"
	"runtime"
	"slices"
	"testing"
	"time"
)

// BenchmarkGuest measures operations inside the guest, each iteration of a Lua loop being one.
func BenchmarkGuest(b *testing.B) {
	e := newTestEngine(b, EngineConfig{})
	image, _ := newTestImage(b, e, `
local function nothing() end
action("pcall", function(n) for _ = 1, n do pcall(nothing) end end)
action("pcall-error", function(n) for _ = 1, n do pcall(error, "x") end end)
action("resume-yield", function(n)
  local resume, co = coroutine.resume, coroutine.create(function() while true do coroutine.yield() end end)
  for _ = 1, n do resume(co) end
end)
`, func(c *ImageConfig) { c.Limits = nil })
	for _, name := range []string{"pcall", "pcall-error", "resume-yield"} {
		b.Run(name, func(b *testing.B) {
			if _, err := run(context.Background(), image, name, b.N); err != nil {
				b.Fatal(err)
			}
		})
	}
}

// BenchmarkStopTheWorld measures how long the Go runtime waits to stop a goroutine that runs a script's endless loop.
func BenchmarkStopTheWorld(b *testing.B) {
	e := newTestEngine(b, EngineConfig{})
	image, _ := newTestImage(b, e, `action("loop", function() while true do end end)`, func(c *ImageConfig) { c.Limits = nil })
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		run(ctx, image, "loop")
	}()
	time.Sleep(20 * time.Millisecond)
	waits := make([]float64, 100)
	var stats runtime.MemStats
	for i := range waits {
		start := time.Now()
		runtime.ReadMemStats(&stats)
		waits[i] = float64(time.Since(start).Nanoseconds())
		time.Sleep(time.Millisecond)
	}
	cancel()
	<-ended
	slices.Sort(waits)
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(waits[50], "p50-ns")
	b.ReportMetric(waits[90], "p90-ns")
}
