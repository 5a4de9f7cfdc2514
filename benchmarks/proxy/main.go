// Command proxy measures Tidelock beside HAProxy: request rates, the processor time of a request, and the memory of
// connections that wait.
//
//	go run ./benchmarks/proxy           the tables (make bench-proxy)
//	go run ./benchmarks/proxy -memory   only the memory of 10,000 connections
//	go run ./benchmarks/proxy -telemetry   what telemetry costs, instead (make bench-telemetry)
//
// Run it in the root of the repository. Both proxies run the same configuration with as many threads as each other, on
// the same cores, in turns; ratios are medians of pairs, so that a busy machine slows both sides.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"text/tabwriter"
	"time"
)

type options struct {
	binary      string
	threads     int
	pairs       int
	duration    time.Duration
	clients     int
	connections int
	memoryOnly  bool
	telemetry   bool
	only        string
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	var o options
	flag.StringVar(&o.binary, "binary", "bin/tidelock", "the program to measure")
	flag.IntVar(&o.threads, "threads", 1, "nbthread of both proxies")
	flag.IntVar(&o.pairs, "pairs", 5, "pairs of runs for each rate; the median is shown")
	flag.DurationVar(&o.duration, "duration", 3*time.Second, "time of each run")
	flag.IntVar(&o.clients, "clients", 64, "connections of the load generator")
	flag.IntVar(&o.connections, "connections", 10000, "connections that wait, for the memory figures")
	flag.BoolVar(&o.memoryOnly, "memory", false, "measure memory only")
	flag.BoolVar(&o.telemetry, "telemetry", false, "measure what telemetry costs, instead")
	flag.StringVar(&o.only, "only", "", "measure the rates of this scenario only")
	flag.Parse()
	if err := run(ctx, o); err != nil {
		fmt.Fprintln(os.Stderr, "proxy:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o options) error {
	folder, err := os.MkdirTemp("", "bench-proxy")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	out := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	defer out.Flush()
	if o.telemetry {
		return measureTelemetry(ctx, o, folder, out)
	}
	if !o.memoryOnly {
		fmt.Fprintf(out, "requests per second, %d thread(s), %d clients\tHAProxy\tTidelock\tratio\tHAProxy, µs of processor\tTidelock\n", o.threads, o.clients)
		if err := measureRates(ctx, o, folder, out); err != nil {
			return err
		}
	}
	if o.only != "" {
		return nil
	}
	fmt.Fprintf(out, "\nmemory of %d connections (resident)\tHAProxy\tTidelock\tratio\n", o.connections)
	return measureMemory(ctx, o, folder, out)
}
