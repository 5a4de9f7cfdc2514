package host

import (
	"context"
	"testing"
)

// BenchmarkExecution_Run measures whole executions, from Begin to End, in one instance.
func BenchmarkExecution_Run(b *testing.B) {
	e := newTestEngine(b, EngineConfig{})
	image, _ := newTestImage(b, e, `
action("trivial", function(n) return n + 1 end)
action("calls", function(n) return add(add(add(n, 1), 1), 1) end)
action("table", function() return {1, 2, 3, a = "b"} end)
`, nil)
	for _, name := range []string{"trivial", "calls", "table"} {
		r := image.Registration("action", name)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				x := r.Begin(context.Background(), nil)
				x.Arguments.Int(1)
				if err := x.Run(); err != nil {
					b.Fatal(err)
				}
				x.End()
			}
		})
	}
}
