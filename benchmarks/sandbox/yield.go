package main

import (
	"context"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"tidelock/guest/lua54"
	"tidelock/host"
)

// quanta are the rows of HAProxy's table, with the loops in millions that its author counted in 10 seconds on his
// laptop (lua.txt, "Responsive design").
var quanta = []struct{ quantum, original int }{
	{10, 160}, {500, 670}, {1000, 680}, {5000, 700}, {7000, 700}, {8000, 700}, {9000, 710}, {10000, 710}, {100000, 710}, {1000000, 710},
}

const (
	loops  = 20_000_000
	rounds = 5
	script = `
		local host = ...
		host.bind("register")("benchmark", "loop", host.ref(function(n) for _ = 1, n do end end), "yield", 1)`
)

// printYields runs a loop under every quantum in turns and prints how many loops 10 seconds would hold, of the best
// round: what disturbs a round can only slow it.
func printYields(ctx context.Context, out io.Writer) error {
	engine, err := host.NewEngine(ctx, host.EngineConfig{})
	if err != nil {
		return err
	}
	defer engine.Close(ctx)
	images := make([]*host.Image, len(quanta))
	for i, q := range quanta {
		images[i], err = engine.NewImage(ctx, host.ImageConfig{
			Guest: lua54.Module, Library: host.Standard(host.StandardConfig{}), Quantum: q.quantum,
			Prelude: []host.Chunk{{Name: "=<yield>", Source: script}},
		})
		if err != nil {
			return err
		}
		defer images[i].Close()
		if err := images[i].Seal(ctx); err != nil {
			return err
		}
	}
	best := make([]time.Duration, len(quanta))
	for range rounds {
		for i, image := range images {
			elapsed, err := timeLoop(ctx, image)
			if err != nil {
				return err
			}
			if best[i] == 0 || elapsed < best[i] {
				best[i] = elapsed
			}
		}
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "instructions between two looks\tHAProxy, laptop of 2016\tTidelock, this machine\t")
	for i, q := range quanta {
		fmt.Fprintf(w, "%d\t%d\t%.0f\t\n", q.quantum, q.original, 10/best[i].Seconds()*loops/1e6)
	}
	fmt.Fprintln(w, "\tmillion loops in 10 s\tmillion loops in 10 s\t")
	return w.Flush()
}

func timeLoop(ctx context.Context, image *host.Image) (time.Duration, error) {
	x := image.Registration("benchmark", "loop").Begin(ctx, nil)
	defer x.End()
	x.Arguments.Int(loops)
	start := time.Now()
	err := x.Run()
	return time.Since(start), err
}
