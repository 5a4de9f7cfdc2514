// Command sandbox measures what the sandbox costs and prints it beside what it may cost.
//
//	go run ./benchmarks/sandbox            the table of figures (make bench-sandbox)
//	go run ./benchmarks/sandbox -yield     loops executed against tune.lua.forced-yield
//
// Run it in the root of the repository. Figures are medians of several runs; ratios come from pairs that ran in turns,
// so that a busy machine slows both sides.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	yield := flag.Bool("yield", false, "print the table of loops against tune.lua.forced-yield instead")
	count := flag.Int("count", 5, "runs of each benchmark; the median is shown")
	binary := flag.String("binary", "bin/tidelock", "the program whose start is timed")
	flag.Parse()
	if err := run(ctx, *yield, *count, *binary); err != nil {
		fmt.Fprintln(os.Stderr, "sandbox:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, yield bool, count int, binary string) error {
	if yield {
		return printYields(ctx, os.Stdout)
	}
	measured, err := runBenchmarks(ctx, count)
	if err != nil {
		return err
	}
	started, err := timeStarts(ctx, binary, count)
	if err != nil {
		return err
	}
	measured["start"] = started
	printFigures(os.Stdout, measured)
	return nil
}
