package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"slices"
	"strings"
)

// measureRates prints a line for each scenario.
func measureRates(ctx context.Context, o options, folder string, out io.Writer) error {
	server, err := startServer(ctx, folder)
	if err != nil {
		return err
	}
	defer server.stop()
	for _, s := range scenarios {
		if o.only != "" && o.only != s.name {
			continue
		}
		if err := measureRate(ctx, o, folder, s, server.port, out); err != nil {
			return err
		}
	}
	return nil
}

func measureRate(ctx context.Context, o options, folder string, s scenario, server int, out io.Writer) error {
	haproxy, tidelock, err := startProxies(ctx, o, folder, s, server)
	if err != nil {
		return err
	}
	defer haproxy.stop()
	defer tidelock.stop()
	var rates, costs [2][]float64
	var ratios []float64
	for pair := range o.pairs + 1 {
		var pairRates, pairCosts [2]float64
		for i, p := range []*process{haproxy, tidelock} {
			if pairRates[i], pairCosts[i], err = measureOnce(ctx, o, p, s); err != nil {
				return err
			}
		}
		if pair == 0 {
			continue // both warm up
		}
		for i := range 2 {
			rates[i], costs[i] = append(rates[i], pairRates[i]), append(costs[i], pairCosts[i])
		}
		ratios = append(ratios, pairRates[1]/pairRates[0])
	}
	fmt.Fprintf(out, "%s\t%.0f\t%.0f\t%.2f\t%.1f\t%.1f\n", s.name, median(rates[0]), median(rates[1]), median(ratios), median(costs[0]), median(costs[1]))
	return nil
}

// measureOnce lets wrk ask for a while and returns the rate, and the processor time of a request in microseconds.
func measureOnce(ctx context.Context, o options, p *process, s scenario) (rate, cost float64, err error) {
	if err := check(p, s); err != nil {
		return 0, 0, err
	}
	before, err := p.processorTime()
	if err != nil {
		return 0, 0, err
	}
	answered, rate, err := load(ctx, o, p)
	if err != nil {
		return 0, 0, err
	}
	after, err := p.processorTime()
	return rate, float64((after - before).Microseconds()) / answered, err
}

// check makes sure that it is the expected answer that is measured.
func check(p *process, s scenario) error {
	r, err := http.Get("http://" + p.address() + "/index.html")
	if err != nil {
		return err
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	if r.StatusCode != 200 || string(body) != s.body {
		return fmt.Errorf("%s: got %d %q", s.name, r.StatusCode, body)
	}
	return nil
}

// load lets wrk ask for a while and returns how many requests were answered, and how many in a second.
func load(ctx context.Context, o options, p *process) (answered, rate float64, err error) {
	text, err := exec.CommandContext(ctx, "wrk", "-t1", fmt.Sprintf("-c%d", o.clients), "-d", o.duration.String(),
		"http://"+p.address()+"/index.html").CombinedOutput()
	if err != nil {
		return 0, 0, fmt.Errorf("wrk: %w: %s", err, text)
	}
	if strings.Contains(string(text), "Non-2xx") || strings.Contains(string(text), "Socket errors") {
		return 0, 0, fmt.Errorf("wrk met errors: %s", text)
	}
	_, rest, _ := strings.Cut(string(text), "Requests/sec:")
	before, _, _ := strings.Cut(string(text), " requests in ")
	_, err = fmt.Sscan(rest, &rate)
	if err == nil {
		_, err = fmt.Sscan(before[strings.LastIndexByte(before, '\n')+1:], &answered)
	}
	if err != nil {
		return 0, 0, fmt.Errorf("wrk: %s", text)
	}
	return answered, rate, nil
}

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}
