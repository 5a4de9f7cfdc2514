package host

import (
	"testing"

	"tidelock/guest/lua51"
)

// BenchmarkDialects compares each script in the guest lua51 with lua54, run in turns, and a call of an empty function.
func BenchmarkDialects(b *testing.B) {
	if len(lua51.Module()) == 0 {
		b.Skip("the guest lua51 was not built (make guests)")
	}
	e := newTestEngine(b, EngineConfig{})
	scripts := luaBenchmarks(b)
	scripts["call"] = "return function() end"
	for name, source := range scripts {
		old, _ := newTestImage(b, e, asAction(name, source), func(c *ImageConfig) { c.Guest, c.Limits = lua51.Module(), nil })
		current, _ := newTestImage(b, e, asAction(name, source), func(c *ImageConfig) { c.Limits = nil })
		calls := 1
		if name == "call" {
			calls = 1000
		}
		times := func(image *Image) func() {
			return func() {
				for range calls {
					mustRun(b, image, name)
				}
			}
		}
		b.ReportMetric(medianRatio(5, times(old), times(current)), name+"-ratio")
	}
	b.ReportMetric(0, "ns/op")
}

// BenchmarkDialects_Instance measures what BenchmarkInstance and BenchmarkInstanceMemory do, of lua51.
func BenchmarkDialects_Instance(b *testing.B) {
	if len(lua51.Module()) == 0 {
		b.Skip("the guest lua51 was not built (make guests)")
	}
	inLua51 := func(c *ImageConfig) { c.Guest, c.Limits = lua51.Module(), nil }
	benchmarkInstance(b, inLua51)
	b.Run("memory", func(b *testing.B) { benchmarkInstanceMemory(b, 50, inLua51) })
}
