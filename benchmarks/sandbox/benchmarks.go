package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// packages hold the benchmarks that the figures come from.
var packages = []struct{ path, pattern string }{
	{"./host", "^Benchmark(Execution_Run|Guest|Metering|Native|NativeCalls|StopTheWorld|Instance|InstanceMemory)$"},
	{"./proxy/luabridge", "^Benchmark(FetchMyHash|Transaction)$"},
}

// runBenchmarks returns the median of every metric, by "benchmark unit".
func runBenchmarks(ctx context.Context, count int) (map[string]float64, error) {
	samples := make(map[string][]float64)
	for _, p := range packages {
		fmt.Fprintf(os.Stderr, "go test -bench %q -count %d %s\n", p.pattern, count, p.path)
		command := exec.CommandContext(ctx, "go", "test", "-run", "^$", "-bench", p.pattern, "-count", strconv.Itoa(count), p.path)
		command.Stderr = os.Stderr
		output, err := command.Output()
		if err != nil {
			return nil, fmt.Errorf("%s: %w\n%s", p.path, err, output)
		}
		collect(samples, output)
	}
	medians := make(map[string]float64, len(samples))
	for name, values := range samples {
		slices.Sort(values)
		medians[name] = values[len(values)/2]
	}
	return medians, nil
}

var processors = regexp.MustCompile(`-\d+$`) // the suffix that go test gives to names

// collect adds the metrics of go test's output: lines of a name, a number of iterations, and values with units.
func collect(samples map[string][]float64, output []byte) {
	for lines := bufio.NewScanner(bytes.NewReader(output)); lines.Scan(); {
		fields := strings.Fields(lines.Text())
		if len(fields) < 4 || !strings.HasPrefix(fields[0], "Benchmark") {
			continue
		}
		name := processors.ReplaceAllString(fields[0], "")
		for i := 2; i+1 < len(fields); i += 2 {
			if value, err := strconv.ParseFloat(fields[i], 64); err == nil {
				key := name + " " + fields[i+1]
				samples[key] = append(samples[key], value)
			}
		}
	}
}
