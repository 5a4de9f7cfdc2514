package filter

import (
	"encoding/hex"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"sync"
	"time"

	"tidelock/proxy/stream"
)

// Trace tells of everything that happens to an exchange (manual, section 9.1). Its lines are HAProxy's, but for the
// addresses and flags of HAProxy's own, and its steps of analysis, which this program does not have.
type Trace struct {
	Name          string // "TRACE" by default
	Quiet         bool
	RandomForward bool // passes a random part of the data at a time
	Hexdump       bool
	Proxy         string    // that the line stands in
	Side          string    // "frontend" or "backend"
	Output        io.Writer // its Write may be called by several goroutines

	mu sync.Mutex // keeps lines of a dump together
}

// Attach implements Filter.
func (t *Trace) Attach(s *stream.Stream) Instance {
	t.print(s, "trace_attach", ": filter-type="+t.Side)
	return (*trace)(t)
}

// print writes a line about an exchange, and what belongs to it.
func (t *Trace) print(s *stream.Stream, what, text string) {
	if t.Quiet {
		return
	}
	now := time.Now()
	t.mu.Lock()
	defer t.mu.Unlock()
	prefix := fmt.Sprintf("%d.%06d [%-20s] [strm %d] ", now.Unix(), now.Nanosecond()/1000, t.Name+"/"+t.Proxy, s.ID)
	fmt.Fprintf(t.Output, "%s%-25s%s\n", prefix, what, strings.ReplaceAll(text, "\n", "\n"+prefix))
}

// trace is a Trace as the Instance of each exchange: it keeps nothing of any.
type trace Trace

func (t *trace) event(c *Channel, what, text string) {
	direction, mode, side := "REQUEST", "TCP", "frontend"
	if c.Response {
		direction = "RESPONSE"
	}
	if c.Message != nil {
		mode = "HTTP"
	}
	if c.Stream.Backend != nil {
		side = "backend"
	}
	(*Trace)(t).print(c.Stream, what, fmt.Sprintf(": channel=%-10s - mode=%-5s (%s)%s", direction, mode, side, text))
}

// Start implements Instance.
func (t *trace) Start(c *Channel) error {
	t.event(c, "trace_chn_start_analyze", "")
	c.Filter(true)
	return nil
}

// Headers implements Instance.
func (t *trace) Headers(c *Channel) error {
	var b strings.Builder
	m := c.Message
	major, minor := m.Version()
	if c.Response {
		fmt.Fprintf(&b, "\tHTTP/%d.%d %d %s", major, minor, m.Status(), m.Reason())
	} else {
		fmt.Fprintf(&b, "\t%s %s HTTP/%d.%d", m.Method(), m.URI(), major, minor)
	}
	for i := m.First(); i >= 0; i = m.Next(i) {
		fmt.Fprintf(&b, "\n\t%s: %s", m.Name(i), m.Value(i))
	}
	t.event(c, "trace_http_headers", b.String())
	return nil
}

// Payload implements Instance.
func (t *trace) Payload(c *Channel) error {
	data := c.Data()
	n := len(data)
	if t.RandomForward && n > 1 {
		n = 1 + rand.IntN(n)
	}
	what := "trace_http_payload"
	if c.Message == nil {
		what = "trace_tcp_payload"
	}
	dump := ""
	if t.Hexdump && n > 0 {
		dump = "\n" + strings.TrimSuffix(hex.Dump(data[:n]), "\n")
	}
	t.event(c, what, fmt.Sprintf(" - len=%d - forward=%d%s", len(data), n, dump))
	c.Pass(n)
	return nil
}

// End implements Instance.
func (t *trace) End(c *Channel) error {
	t.event(c, "trace_http_end", "")
	return nil
}

// Stop implements Instance.
func (t *trace) Stop(c *Channel) { t.event(c, "trace_chn_end_analyze", "") }

// Close implements Instance.
func (t *trace) Close() {}
