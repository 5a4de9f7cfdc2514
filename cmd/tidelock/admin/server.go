// Package admin answers operators at the admin address, over HTTP: is the process alive, is it ready, what does it count,
// and which scripts run. It takes nothing from the traffic's path: what it shows is kept by whoever it is about.
package admin

import (
	"context"
	"crypto/subtle"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"time"
)

// Server serves the admin address. The zero value can start; its methods are safe for concurrent use.
type Server struct {
	// Executions are those of the scripts.
	Executions *Executions

	token   atomic.Pointer[string]
	metrics atomic.Pointer[func(w io.Writer, query string) error] // nil: not ready

	http     http.Server
	listener net.Listener
	done     chan struct{} // closed once nobody listens any more
}

// Bounds of what clients can take.
const (
	readTimeout = 10 * time.Second // for the head of a request
	maxHeader   = 16 << 10         // bytes
	maxClients  = 64
)

// SetToken changes what requests must bring as a bearer token; empty for nothing.
func (s *Server) SetToken(token string) { s.token.Store(&token) }

// SetReady says that the process serves, with what writes its metrics; nil that it does not.
func (s *Server) SetReady(metrics func(w io.Writer, query string) error) {
	if metrics == nil {
		s.metrics.Store(nil)
		return
	}
	s.metrics.Store(&metrics)
}

// Start listens and serves.
func (s *Server) Start(ctx context.Context, network, address string) error {
	l, err := listen(ctx, network, address)
	if err != nil {
		return err
	}
	s.http.Handler = s.guarded(s.routes())
	s.http.ReadHeaderTimeout, s.http.MaxHeaderBytes = readTimeout, maxHeader
	s.listener, s.done = l, make(chan struct{})
	go func() {
		defer close(s.done)
		s.http.Serve(&limited{Listener: l, free: make(chan struct{}, maxClients)}) //nolint:errcheck // it is closed
	}()
	return nil
}

// Retire stops listening, for a process that follows and listens already. Who looks on may go on.
func (s *Server) Retire() {
	if s.done != nil {
		s.listener.Close()
		<-s.done
	}
}

// Close stops listening and cuts whoever looks on.
func (s *Server) Close() error {
	if s.done == nil {
		return nil
	}
	err := s.http.Close()
	<-s.done
	return err
}

func (s *Server) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /live", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "live\n") })
	mux.HandleFunc("GET /ready", s.ready)
	mux.HandleFunc("GET /metrics", s.writeMetrics)
	mux.HandleFunc("GET /executions", s.stream)
	return mux
}

func (s *Server) ready(w http.ResponseWriter, _ *http.Request) {
	if s.metrics.Load() == nil {
		http.Error(w, "not ready", http.StatusServiceUnavailable)
		return
	}
	io.WriteString(w, "ready\n")
}

func (s *Server) writeMetrics(w http.ResponseWriter, r *http.Request) {
	write := s.metrics.Load()
	if write == nil {
		http.Error(w, "not ready", http.StatusServiceUnavailable)
		return
	}
	w.Header().Set("Content-Type", "text/plain; version=0.0.4")
	answer := &counted{Writer: w}
	if err := (*write)(answer, r.URL.RawQuery); err != nil && answer.n == 0 {
		http.Error(w, err.Error(), http.StatusBadRequest)
	}
}

// counted knows whether anything was written.
type counted struct {
	io.Writer
	n int
}

func (c *counted) Write(p []byte) (int, error) {
	n, err := c.Writer.Write(p)
	c.n += n
	return n, err
}

// guarded lets in who brings the token. Without a token it refuses what a browser was talked into: there the name in the
// request is that of somebody else's page, however it resolves.
func (s *Server) guarded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		token := s.token.Load()
		switch {
		case token == nil || *token == "":
			if !ours(r.Host) {
				http.Error(w, "the request names another host", http.StatusForbidden)
				return
			}
		case !bears(r, *token):
			w.Header().Set("WWW-Authenticate", "Bearer")
			http.Error(w, "the token is missing or wrong", http.StatusUnauthorized)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func bears(r *http.Request, token string) bool {
	scheme, given, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	return strings.EqualFold(scheme, "Bearer") && subtle.ConstantTimeCompare([]byte(given), []byte(token)) == 1
}

// ours says whether a request names an address or the machine itself, which no page can make its own name be.
func ours(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	return host == "localhost" || net.ParseIP(strings.Trim(host, "[]")) != nil
}

// limited accepts no more than a number of connections at a time; more wait.
type limited struct {
	net.Listener
	free chan struct{}
}

func (l *limited) Accept() (net.Conn, error) {
	l.free <- struct{}{}
	c, err := l.Listener.Accept()
	if err != nil {
		<-l.free
		return nil, err
	}
	return &counting{Conn: c, free: l.free}, nil
}

// counting gives its place back, once, when it is closed.
type counting struct {
	net.Conn
	free   chan struct{}
	closed atomic.Bool
}

func (c *counting) Close() error {
	if c.closed.Swap(true) {
		return net.ErrClosed
	}
	<-c.free
	return c.Conn.Close()
}

var errNoSocket = errors.New("there is a file of that name, and it is no socket")
