package host

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"
)

// benchmarkScript is what an instance's costs are measured with: a small function beside a table of configuration.
const benchmarkScript = `
local config = {}
for i = 1, 200 do config["key" .. i] = {name = "value" .. i, weight = i} end
action("small", function(n) local entry = config["key" .. n] return entry.name end)`

// BenchmarkInstance measures the cloning of an image, and the resetting of a clone after a small call.
func BenchmarkInstance(b *testing.B) {
	benchmarkInstance(b, nil)
}

func benchmarkInstance(b *testing.B, configure func(*ImageConfig)) {
	image, _ := newTestImage(b, newTestEngine(b, EngineConfig{}), benchmarkScript, configure)
	b.Run("clone", func(b *testing.B) {
		var clones []*instance
		for b.Loop() {
			in, err := newInstance(context.Background(), image, 0)
			if err != nil {
				b.Fatal(err)
			}
			if clones = append(clones, in); len(clones) == 1000 {
				b.StopTimer()
				for _, in := range clones {
					in.close()
				}
				clones = clones[:0]
				b.StartTimer()
			}
		}
		for _, in := range clones {
			in.close()
		}
	})
	b.Run("reset", func(b *testing.B) {
		in, err := newInstance(context.Background(), image, 0)
		if err != nil {
			b.Fatal(err)
		}
		defer in.close()
		r := pinned(image, in)
		for b.Loop() {
			b.StopTimer()
			callSmall(b, r)
			b.StartTimer()
			if !in.reset(image) {
				b.Fatal("the clone cannot be reset")
			}
			in.slots, in.nextSlot = in.slots[:0], 0
		}
	})
}

// BenchmarkInstanceMemory reports what a clone costs when it is idle, and after its first call: private memory of the
// process, Go's heap included.
func BenchmarkInstanceMemory(b *testing.B) { benchmarkInstanceMemory(b, 1000, nil) }

func benchmarkInstanceMemory(b *testing.B, count int, configure func(*ImageConfig)) {
	image, _ := newTestImage(b, newTestEngine(b, EngineConfig{}), benchmarkScript, configure)
	debug.FreeOSMemory() // what compiling took would go back in the middle
	before := privateMemory(b)
	clones := make([]*instance, count)
	for i := range clones {
		var err error
		if clones[i], err = newInstance(context.Background(), image, 0); err != nil {
			b.Fatal(err)
		}
		defer clones[i].close()
	}
	idle := privateMemory(b)
	for _, in := range clones {
		callSmall(b, pinned(image, in))
	}
	called := privateMemory(b)
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(idle-before)/float64(count)/1024, "idle-KiB")
	b.ReportMetric(float64(called-before)/float64(count)/1024, "called-KiB")
}

// pinned is the script's registration, run by one given instance.
func pinned(image *Image, in *instance) *Registration {
	r := *image.Registration("action", "small")
	r.group = &group{image: image, instances: []*instance{in}}
	return &r
}

func callSmall(b *testing.B, r *Registration) {
	x := r.Begin(context.Background(), nil)
	defer x.End()
	x.Arguments.Int(7)
	if err := x.Run(); err != nil {
		b.Fatal(err)
	}
}

// privateMemory returns the bytes that this process alone uses.
func privateMemory(b *testing.B) int64 {
	runtime.GC()
	runtime.GC()
	text, err := os.ReadFile("/proc/self/smaps_rollup")
	if err != nil {
		b.Skip(err)
	}
	var total int64
	for line := range strings.Lines(string(text)) {
		for _, field := range []string{"Private_Clean:", "Private_Dirty:"} {
			var kilobytes int64
			if rest, ok := strings.CutPrefix(line, field); ok {
				fmt.Sscan(rest, &kilobytes)
				total += kilobytes * 1024
			}
		}
	}
	return total
}

// BenchmarkIsolation measures one execution of a small function under each isolation: what transaction adds is the
// resetting of its instance, and the faults of an execution in one that is as in the image.
func BenchmarkIsolation(b *testing.B) {
	e := newTestEngine(b, EngineConfig{})
	for _, isolation := range Isolations {
		b.Run(string(isolation), func(b *testing.B) {
			image, _ := newTestImage(b, e, benchmarkScript, func(c *ImageConfig) { c.Isolation = isolation })
			r := image.Registration("action", "small")
			callSmall(b, r)
			for b.Loop() {
				callSmall(b, r)
			}
		})
	}
}
