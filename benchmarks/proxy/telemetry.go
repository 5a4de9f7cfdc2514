package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
)

// telemetryMode is how much of the traffic is traced. All but the first measure everything, as metrics.
type telemetryMode struct {
	name      string
	variables []string // of the environment
	atLeast   float64  // share of the first one's rate
}

var telemetryModes = []telemetryMode{
	{"off", nil, 1},
	{"unsampled", []string{"OTEL_TRACES_SAMPLER=always_off"}, 0.97},
	{"1 in 100", []string{"OTEL_TRACES_SAMPLER=traceidratio", "OTEL_TRACES_SAMPLER_ARG=0.01"}, 0.95},
	{"all", []string{"OTEL_TRACES_SAMPLER=always_on"}, 0.65},
}

// telemetryScenarios are those of all scenarios that are measured: one without scripts and one with.
var telemetryScenarios = []string{"forward", "Lua action"}

// measureTelemetry prints what telemetry costs: rates, and processor time of a request, of Tidelock with itself in four modes.
func measureTelemetry(ctx context.Context, o options, folder string, out io.Writer) error {
	server, err := startServer(ctx, folder)
	if err != nil {
		return err
	}
	defer server.stop()
	receiver, err := startReceiver()
	if err != nil {
		return err
	}
	defer receiver.Close()
	fmt.Fprintf(out, "telemetry, %d thread(s), %d clients\tmode\trequests/s\tof off\tat least\tµs of processor\n", o.threads, o.clients)
	for _, s := range scenarios {
		if !slices.Contains(telemetryScenarios, s.name) || o.only != "" && o.only != s.name {
			continue
		}
		if err := measureModes(ctx, o, folder, s, server.port, "http://"+receiver.Addr().String(), out); err != nil {
			return err
		}
	}
	return nil
}

// startReceiver accepts OTLP over HTTP and forgets it, so that what is measured is the cost of sending.
func startReceiver() (net.Listener, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	go http.Serve(l, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		w.Header().Set("content-type", "application/x-protobuf")
	}))
	return l, nil
}

// measureModes measures a scenario in all modes, in turns.
func measureModes(ctx context.Context, o options, folder string, s scenario, server int, endpoint string, out io.Writer) error {
	processes := make([]*process, len(telemetryModes))
	for i, mode := range telemetryModes {
		p, err := startTraced(ctx, o, folder, s, server, endpoint, mode)
		if err != nil {
			return err
		}
		defer p.stop()
		processes[i] = p
	}
	rates, ratios, costs := make([][]float64, len(processes)), make([][]float64, len(processes)), make([][]float64, len(processes))
	for round := range o.pairs + 1 {
		var first float64
		for i, p := range processes {
			rate, cost, err := measureOnce(ctx, o, p, s)
			if err != nil {
				return err
			}
			if i == 0 {
				first = rate
			}
			if round > 0 { // all warm up
				rates[i], ratios[i], costs[i] = append(rates[i], rate), append(ratios[i], rate/first), append(costs[i], cost)
			}
		}
	}
	for i, mode := range telemetryModes {
		fmt.Fprintf(out, "%s\t%s\t%.0f\t%.2f\t%.2f\t%.1f\n", s.name, mode.name, median(rates[i]), median(ratios[i]), mode.atLeast, median(costs[i]))
	}
	return nil
}

// startTraced starts Tidelock with a mode's environment.
func startTraced(ctx context.Context, o options, folder string, s scenario, server int, endpoint string, mode telemetryMode) (*process, error) {
	scripts, file := filepath.Join(folder, "bench.lua"), filepath.Join(folder, "traced.cfg")
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	for name, text := range map[string]string{scripts: script, file: s.configuration(o, scripts, port, server)} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			return nil, err
		}
	}
	command := slices.Clone(mode.variables)
	if mode.variables != nil {
		command = append(command, "OTEL_EXPORTER_OTLP_ENDPOINT="+endpoint, "OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf")
	}
	return start(ctx, port, "env", append(command, o.binary, "run", "-f", file)...)
}
