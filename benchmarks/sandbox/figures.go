package main

import (
	"fmt"
	"io"
	"text/tabwriter"
)

// figure is one row: a metric of a benchmark and what it may be at most.
type figure struct {
	what   string
	metric string // benchmark/metric as runBenchmarks names it
	scale  float64
	unit   string
	limit  float64
}

var figures = []figure{
	{"call of a trivial Lua function from the host", "BenchmarkExecution_Run/trivial ns/op", 1e-3, "µs", 0.25},
	{"my-hash: three fetches and a converter, a whole execution", "BenchmarkFetchMyHash ns/op", 1e-3, "µs", 2},
	{"pcall of a trivial function", "BenchmarkGuest/pcall ns/op", 1e-3, "µs", 0.15},
	{"pcall of error()", "BenchmarkGuest/pcall-error ns/op", 1e-3, "µs", 0.5},
	{"resume-yield round trip", "BenchmarkGuest/resume-yield ns/op", 1e-3, "µs", 0.2},
	{"metering and unwinding, against the guest without", "BenchmarkMetering median-ratio", 1, "", 1.12},
	{"metered guest against native Lua 5.3, geometric mean", "BenchmarkNative geomean-ratio", 1, "", 2.4},
	{"stop-the-world wait while a script loops, p90", "BenchmarkStopTheWorld p90-ns", 1e-6, "ms", 1},
	{"clone an instance", "BenchmarkInstance/clone ns/op", 1e-3, "µs", 60},
	{"reset an instance after a small call", "BenchmarkInstance/reset ns/op", 1e-3, "µs", 6},
	{"what isolation transaction adds to my-hash", "BenchmarkTransaction added-ns", 1e-3, "µs", 15},
	{"private memory of an idle instance", "BenchmarkInstanceMemory idle-KiB", 1, "KiB", 40},
	{"private memory of an instance after its first call", "BenchmarkInstanceMemory called-KiB", 1, "KiB", 96},
	{"start to serving, quickstart, warm cache", "start", 1, "ms", 150},
}

func printFigures(out io.Writer, measured map[string]float64) {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "what\tmeasured\tat most\t")
	for _, f := range figures {
		value, ok := measured[f.metric]
		if !ok {
			fmt.Fprintf(w, "%s\tnot measured\t%g %s\t\n", f.what, f.limit, f.unit)
			continue
		}
		value *= f.scale
		verdict := ""
		if value > f.limit {
			verdict = "above"
		}
		fmt.Fprintf(w, "%s\t%.3g %s\t%g %s\t%s\n", f.what, value, f.unit, f.limit, f.unit, verdict)
	}
	w.Flush()
	if native, ok := measured["BenchmarkNativeCalls pcall-ns"]; ok {
		fmt.Fprintf(out, "\nFor scale, native Lua 5.3 on this machine at the same time: pcall %.0f ns, pcall of error() %.0f ns, resume-yield %.0f ns.\n",
			native, measured["BenchmarkNativeCalls pcall-error-ns"], measured["BenchmarkNativeCalls resume-yield-ns"])
	}
}
