package scripttest

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"tidelock/abi"
	"tidelock/host"
)

// upstream is a server for the scripts under test to talk to, which answers every request alike.
type upstream struct {
	server   *http.Server
	listener net.Listener
	answer   answer

	mu       sync.Mutex
	requests []request // guarded by mu
}

type answer struct {
	status  int
	headers []field
	body    []byte
	delay   time.Duration
}

// request is what an upstream received.
type request struct {
	method, path string
	headers      http.Header
	body         []byte
}

const maxUpstreamBody = 16 << 20

// newUpstream is test.upstream{status, headers, body, delay} -> handle, address.
func (f *file) newUpstream(c *host.Call) error {
	a := answer{status: 200}
	for entries := c.Next().Entries(); entries.More(); {
		key, v := entries.Next(), entries.Next()
		switch string(key.Bytes) {
		case "status":
			n, _ := host.ToInt(v)
			if a.status = int(n); n < 200 || n > 999 {
				return fmt.Errorf("upstream: status %d: expected 200 to 999", n)
			}
		case "headers":
			a.headers = fields(v)
		case "body":
			a.body = append(a.body, v.Bytes...)
		case "delay":
			n, _ := host.ToInt(v)
			a.delay = time.Duration(n) * time.Millisecond
		default:
			return fmt.Errorf("upstream: unknown field '%s': expected status, headers, body or delay", key.Bytes)
		}
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	u := &upstream{listener: l, answer: a}
	u.server = &http.Server{Handler: u, ReadHeaderTimeout: 5 * time.Second}
	go u.server.Serve(l)
	handle, err := c.Execution.Hold(u)
	if err != nil {
		u.Close()
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.upstreams == nil {
		f.upstreams = map[string]bool{}
	}
	f.upstreams[l.Addr().String()] = true
	c.Results.Handle(handle)
	c.Results.String(l.Addr().String())
	return nil
}

// Close implements io.Closer: the end of the test, at the latest.
func (u *upstream) Close() error { return u.server.Close() }

// ServeHTTP implements http.Handler.
func (u *upstream) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(io.LimitReader(r.Body, maxUpstreamBody))
	headers := r.Header.Clone()
	headers.Set("Host", r.Host)
	u.mu.Lock()
	u.requests = append(u.requests, request{r.Method, r.RequestURI, headers, body})
	u.mu.Unlock()
	select {
	case <-time.After(u.answer.delay):
	case <-r.Context().Done():
	}
	for _, f := range u.answer.headers {
		w.Header().Add(f.name, f.value)
	}
	w.WriteHeader(u.answer.status)
	w.Write(u.answer.body)
}

func upstreamOf(c *host.Call) (*upstream, error) {
	o, err := c.Object()
	if err != nil {
		return nil, err
	}
	u, ok := o.(*upstream)
	if !ok {
		return nil, fmt.Errorf("not an upstream (use ':' to call a method)")
	}
	return u, nil
}

// upstreamRequests is requests(upstream) -> {{method, path, headers, body}, ...}.
func upstreamRequests(c *host.Call) error {
	u, err := upstreamOf(c)
	if err != nil {
		return err
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	w := &c.Results
	list := w.BeginTable()
	for i, r := range u.requests {
		w.Int(int64(i + 1))
		one := w.BeginTable()
		putText(w, "method", r.method)
		putText(w, "path", r.path)
		putText(w, "body", string(r.body))
		w.String("headers")
		headers := w.BeginTable()
		for name, values := range r.headers {
			putText(w, strings.ToLower(name), strings.Join(values, ", "))
		}
		w.EndTable(headers)
		w.EndTable(one)
	}
	w.EndTable(list)
	return nil
}

func closeUpstream(c *host.Call) error {
	u, err := upstreamOf(c)
	if err != nil {
		return err
	}
	return c.Park(func(context.Context, *abi.Writer) error { return u.Close() })
}
