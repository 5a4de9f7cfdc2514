package host

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// luaBenchmarks are the scripts of testdata/bench: each returns a function that does a fixed amount of work.
func luaBenchmarks(tb testing.TB) map[string]string {
	tb.Helper()
	paths, err := filepath.Glob("testdata/bench/*.lua")
	if err != nil || len(paths) == 0 {
		tb.Fatal("no benchmark scripts", err)
	}
	scripts := make(map[string]string)
	for _, path := range paths {
		source, err := os.ReadFile(path)
		if err != nil {
			tb.Fatal(err)
		}
		scripts[strings.TrimSuffix(filepath.Base(path), ".lua")] = string(source)
	}
	return scripts
}

// asAction turns a benchmark script into one that registers its function.
func asAction(name, source string) string {
	return fmt.Sprintf("action(%q, (function() %s end)())", name, source)
}

// BenchmarkMetering compares each script in the metered guest with the same guest unmetered, run in turns: the median of
// the scripts' ratios is what metering and unwinding cost.
func BenchmarkMetering(b *testing.B) {
	e := newTestEngine(b, EngineConfig{})
	raw := newUnmetered(b)
	var ratios []float64
	for name, source := range luaBenchmarks(b) {
		image, _ := newTestImage(b, e, asAction(name, source), func(c *ImageConfig) { c.Limits = nil })
		unmetered := raw.load(b, source)
		ratio := medianRatio(15,
			func() { mustRun(b, image, name) },
			func() { unmetered(b) })
		b.ReportMetric(ratio, name+"-ratio")
		ratios = append(ratios, ratio)
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(median(ratios), "median-ratio")
}

// BenchmarkNative compares each script in the metered guest with native Lua 5.3, which HAProxy runs, in turns.
func BenchmarkNative(b *testing.B) {
	lua, err := exec.LookPath("lua5.3")
	if err != nil {
		b.Skip("lua5.3 is not installed")
	}
	e := newTestEngine(b, EngineConfig{})
	product, count := 1.0, 0
	for name, source := range luaBenchmarks(b) {
		image, _ := newTestImage(b, e, asAction(name, source), func(c *ImageConfig) { c.Limits = nil })
		native := newNative(b, lua, name)
		ratios := make([]float64, 15)
		for i := range ratios {
			start := time.Now()
			mustRun(b, image, name)
			ours := time.Since(start)
			ratios[i] = ours.Seconds() / native.run(b)
		}
		native.close()
		ratio := median(ratios)
		b.ReportMetric(ratio, name+"-ratio")
		product *= ratio
		count++
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(math.Pow(product, 1/float64(count)), "geomean-ratio")
}

// BenchmarkNativeCalls reports native Lua 5.3's nanoseconds for what BenchmarkGuest measures, for scale.
func BenchmarkNativeCalls(b *testing.B) {
	lua, err := exec.LookPath("lua5.3")
	if err != nil {
		b.Skip("lua5.3 is not installed")
	}
	output, err := exec.Command(lua, "testdata/bench/native/calls.lua").Output()
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(0, "ns/op")
	for line := range strings.Lines(string(output)) {
		var name string
		var nanoseconds float64
		if _, err := fmt.Sscan(line, &name, &nanoseconds); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(nanoseconds, name+"-ns")
	}
}

func mustRun(b *testing.B, image *Image, name string) {
	if _, err := run(context.Background(), image, name); err != nil {
		b.Fatal(err)
	}
}

// native is a running interpreter that times a script's function each time it is asked, so that starting a process is
// not measured.
type native struct {
	command *exec.Cmd
	stdin   interface{ Write([]byte) (int, error) }
	stdout  *lineReader
}

func newNative(b *testing.B, lua, name string) *native {
	program := fmt.Sprintf(`local f = dofile("testdata/bench/%s.lua")
		for _ in io.lines() do local c = os.clock() f() io.write(os.clock() - c, "\n") io.flush() end`, name)
	command := exec.Command(lua, "-e", program)
	stdin, err := command.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	stdout, err := command.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := command.Start(); err != nil {
		b.Fatal(err)
	}
	return &native{command, stdin, &lineReader{read: stdout.Read}}
}

// run returns the seconds that one call took.
func (n *native) run(b *testing.B) float64 {
	if _, err := n.stdin.Write([]byte("\n")); err != nil {
		b.Fatal(err)
	}
	seconds, err := strconv.ParseFloat(n.stdout.line(b), 64)
	if err != nil {
		b.Fatal(err)
	}
	return seconds
}

func (n *native) close() {
	n.command.Process.Kill()
	n.command.Wait()
}

// lineReader reads lines from a pipe.
type lineReader struct {
	read func([]byte) (int, error)
	rest []byte
}

func (l *lineReader) line(b *testing.B) string {
	for {
		if line, rest, ok := bytes.Cut(l.rest, []byte("\n")); ok {
			l.rest = rest
			return string(line)
		}
		chunk := make([]byte, 256)
		n, err := l.read(chunk)
		if err != nil {
			b.Fatal(err)
		}
		l.rest = append(l.rest, chunk[:n]...)
	}
}

// medianRatio runs two functions in turns and returns the median of their times' ratios.
func medianRatio(rounds int, first, second func()) float64 {
	ratios := make([]float64, rounds)
	for i := range ratios {
		start := time.Now()
		first()
		middle := time.Now()
		second()
		ratios[i] = middle.Sub(start).Seconds() / time.Since(middle).Seconds()
	}
	return median(ratios)
}

// median returns the middle value, or the mean of the two in the middle.
func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	middle := len(sorted) / 2
	if len(sorted)%2 == 0 {
		return (sorted[middle-1] + sorted[middle]) / 2
	}
	return sorted[middle]
}
