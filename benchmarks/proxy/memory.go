package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"
)

// waiting is a way for many connections to wait.
type waiting struct {
	name string
	// prepare brings one connection to where it waits, nudge moves it on a little.
	prepare func(c net.Conn) error
	nudge   func(c net.Conn) error
}

var waitings = []waiting{
	{"idle between requests", oneRequest, func(net.Conn) error { return nil }},
	{"sending a request, a byte at a time", beginRequest, oneByte},
}

func oneRequest(c net.Conn) error {
	if _, err := io.WriteString(c, "GET / HTTP/1.1\r\nHost: a\r\n\r\n"); err != nil {
		return err
	}
	r, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, r.Body)
	return err
}

func beginRequest(c net.Conn) error {
	_, err := io.WriteString(c, "GET / HTTP/1.1\r\nHost: a\r\nX: ")
	return err
}

func oneByte(c net.Conn) error {
	_, err := c.Write([]byte("a"))
	return err
}

// rounds is how often each connection is nudged, and pause the time before the figures are taken, for collectors to run.
const (
	rounds = 3
	pause  = 6 * time.Second
)

func measureMemory(ctx context.Context, o options, folder string, out io.Writer) error {
	for _, w := range waitings {
		haproxy, tidelock, err := startProxies(ctx, o, folder, scenarios[0], 1)
		if err != nil {
			return err
		}
		var grown, total [2]int64
		var worst [2]time.Duration
		for i, p := range []*process{haproxy, tidelock} {
			if grown[i], total[i], worst[i], err = w.measure(ctx, o, p); err != nil {
				break
			}
		}
		haproxy.stop()
		tidelock.stop()
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "%s, total\t%.1f MB\t%.1f MB\t%.2f\n", w.name, mega(total[0]), mega(total[1]), ratio(total))
		fmt.Fprintf(out, "%s, each\t%d B\t%d B\t%.2f\n", w.name, grown[0]/int64(o.connections), grown[1]/int64(o.connections), ratio(grown))
		fmt.Fprintf(out, "%s, slowest of 200 other requests\t%s\t%s\t\n", w.name,
			worst[0].Round(100*time.Microsecond), worst[1].Round(100*time.Microsecond))
	}
	return nil
}

func mega(n int64) float64 { return float64(n) / 1e6 }

func ratio(n [2]int64) float64 { return float64(n[1]) / float64(n[0]) }

// measure opens the connections and returns what the process grew by, its size then, and how long other clients waited
// meanwhile at worst.
func (w waiting) measure(ctx context.Context, o options, p *process) (grown, total int64, worst time.Duration, err error) {
	before, err := p.resident()
	if err != nil {
		return 0, 0, 0, err
	}
	connections := make([]net.Conn, 0, o.connections)
	defer func() {
		for _, c := range connections {
			c.Close()
		}
	}()
	for range o.connections {
		c, err := net.Dial("tcp", p.address())
		if err != nil {
			return 0, 0, 0, err
		}
		connections = append(connections, c)
		if err := w.prepare(c); err != nil {
			return 0, 0, 0, err
		}
	}
	var others sync.WaitGroup
	others.Go(func() { worst = slowest(p) })
	for range rounds {
		for _, c := range connections {
			if err := w.nudge(c); err != nil {
				return 0, 0, 0, err
			}
		}
		select {
		case <-time.After(pause / rounds):
		case <-ctx.Done():
			return 0, 0, 0, ctx.Err()
		}
	}
	others.Wait()
	total, err = p.resident()
	return total - before, total, worst, err
}

// slowest returns how long the slowest of some requests took, 0 when one failed.
func slowest(p *process) time.Duration {
	var times []time.Duration
	for range 200 {
		begin := time.Now()
		c, err := net.Dial("tcp", p.address())
		if err != nil {
			return 0
		}
		err = oneRequest(c)
		c.Close()
		if err != nil {
			return 0
		}
		times = append(times, time.Since(begin))
	}
	return slices.Max(times)
}
