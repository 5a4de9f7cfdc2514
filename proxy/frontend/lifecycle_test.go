package frontend

import (
	"bufio"
	"context"
	"io"
	"log/slog"
	"net"
	"strings"
	"testing"
	"time"

	"tidelock/proxy/counter"
	"tidelock/proxy/stream"
)

// A client that sends its head too slowly is told so, however steadily it sends.
func TestFrontend_RequestTimeout(t *testing.T) {
	tests := []struct{ name, start string }{
		{"nothing", ""},
		{"part of the request line", "GET /"},
		{"part of the headers", "GET / HTTP/1.1\r\nX"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			ended := make(chan string, 1)
			c := dial(t, serve(t, Config{
				Timeouts: Timeouts{HTTPRequest: 50 * time.Millisecond, Client: patience},
				Log:      func(s *stream.Stream) { ended <- s.Record.Termination.String() },
			}))
			io.WriteString(c.Conn, tt.start)
			stop := make(chan struct{})
			defer close(stop)
			if tt.start != "" {
				go func() {
					for {
						select {
						case <-stop:
							return
						case <-time.After(5 * time.Millisecond):
							io.WriteString(c.Conn, "a")
						}
					}
				}()
			}
			if r, _ := c.response("GET"); r.StatusCode != 408 {
				t.Errorf("status %d, want 408", r.StatusCode)
			}
			if got := <-ended; got != "cR" {
				t.Errorf("termination %s, want cR", got)
			}
		})
	}
}

// An idle connection is closed without a word.
func TestFrontend_KeepAliveTimeout(t *testing.T) {
	c := dial(t, serve(t, Config{RequestRules: hello, Timeouts: Timeouts{HTTPKeepAlive: 20 * time.Millisecond, Client: patience}}))
	c.send("GET / HTTP/1.1\r\n\r\n")
	c.response("GET")
	if rest := c.rest(); rest != "" {
		t.Errorf("got %q", rest)
	}
}

func TestFrontend_BodyTimeout(t *testing.T) {
	b := backendOf(t, origin(t, func(c net.Conn) { io.Copy(io.Discard, c) }))
	c := dial(t, serve(t, Config{ChooseBackend: to(b), Timeouts: Timeouts{Client: 30 * time.Millisecond}}))
	c.send("POST / HTTP/1.1\r\nContent-Length: 10\r\n\r\nabc")
	if r, _ := c.response("POST"); r.StatusCode != 408 {
		t.Errorf("status %d, want 408", r.StatusCode)
	}
}

func TestFrontend_MaxConn(t *testing.T) {
	f, address := start(t, Config{RequestRules: hello, MaxConn: 1})
	first, second := dial(t, address), dial(t, address)
	second.send("GET / HTTP/1.1\r\n\r\n")
	first.send("GET / HTTP/1.1\r\n\r\n")
	first.response("GET")
	if n := f.Proxy.FrontendCounters.Value(counter.Connections); n != 1 {
		t.Errorf("%d connections accepted, want 1", n)
	}
	first.Close()
	second.response("GET")
}

// A panic ends its own connection only, wherever it strikes.
func TestFrontend_Panics(t *testing.T) {
	bang := func(*stream.Stream) stream.Verdict { panic("bang") }
	tests := []struct {
		name   string
		config Config
	}{
		{"request rules", Config{RequestRules: bang}},
		{"response rules", Config{RequestRules: by(func(a stream.Applet) error { return answer(a, "") }), ResponseRules: bang}},
		{"service", Config{RequestRules: by(func(stream.Applet) error { panic("bang") })}},
		{"TCP", Config{Proxy: tcpMode(), ContentRules: bang}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var logged strings.Builder
			tt.config.Errors = slog.New(slog.NewTextHandler(&logged, nil))
			f, address := start(t, tt.config)
			for range 2 {
				c := dial(t, address)
				c.send("GET / HTTP/1.1\r\n\r\n")
				io.ReadAll(c.Reader)
			}
			f.Shutdown(t.Context())
			if n := f.Proxy.FrontendCounters.Value(counter.InternalErrors); n != 2 || !strings.Contains(logged.String(), "bang") {
				t.Errorf("%d panics, log %q", n, logged.String())
			}
		})
	}
}

// Shutdown closes idle connections at once and lets an exchange finish.
func TestFrontend_Shutdown(t *testing.T) {
	inside, goOn := make(chan struct{}), make(chan struct{})
	f, address := start(t, Config{RequestRules: func(s *stream.Stream) stream.Verdict {
		if string(s.Request.Path()) == "/slow" {
			close(inside)
			<-goOn
		}
		return hello(s)
	}})
	idle, fresh, busy := dial(t, address), dial(t, address), dial(t, address)
	idle.send("GET / HTTP/1.1\r\n\r\n")
	idle.response("GET")
	busy.send("GET /slow HTTP/1.1\r\n\r\n")
	<-inside
	done := make(chan error)
	go func() { done <- f.Shutdown(context.Background()) }()
	if rest := idle.rest(); rest != "" {
		t.Errorf("idle connection got %q", rest)
	}
	fresh.send("GET / HTTP/1.1\r\n\r\n") // it was accepted: its one request is served
	if r, body := fresh.response("GET"); body != "hello" || !r.Close {
		t.Errorf("fresh connection: body %q, close %v", body, r.Close)
	}
	close(goOn)
	r, body := busy.response("GET")
	if body != "hello" || !r.Close {
		t.Errorf("body %q, close %v", body, r.Close)
	}
	if err := <-done; err != nil {
		t.Errorf("Shutdown: %v", err)
	}
	if _, err := net.Dial("tcp", address); err == nil {
		t.Error("still listening")
	}
}

// What does not finish in time is cut: scripts that wait, services that read or write, tunnels, silent servers.
func TestFrontend_Shutdown_Cuts(t *testing.T) {
	silent := func(c net.Conn) { io.Copy(io.Discard, c) }
	switching := func(c net.Conn) {
		r := bufio.NewReader(c)
		readHead(r)
		io.WriteString(c, "HTTP/1.1 101 Switching Protocols\r\n\r\n")
		io.Copy(c, r)
	}
	tests := []struct {
		name    string
		config  Config
		request string
	}{
		{"rule that waits", Config{RequestRules: func(s *stream.Stream) stream.Verdict {
			<-s.Context.Done()
			return stream.Abort
		}}, "GET / HTTP/1.1\r\n\r\n"},
		{"service that reads", Config{RequestRules: by(func(a stream.Applet) error {
			_, err := io.ReadAll(a)
			return err
		})}, "POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\n"},
		{"service that writes", Config{RequestRules: by(func(a stream.Applet) error {
			for {
				if err := answer(a, strings.Repeat("a", 1<<16)); err != nil && err != ErrStarted {
					return err
				}
				if _, err := a.Write(make([]byte, 1<<16)); err != nil {
					return err
				}
			}
		})}, "GET / HTTP/1.1\r\n\r\n"},
		{"silent server", Config{ChooseBackend: to(backendOf(t, origin(t, silent)))}, "GET / HTTP/1.1\r\n\r\n"},
		{"upload", Config{ChooseBackend: to(backendOf(t, origin(t, silent)))}, "POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\na"},
		{"upgraded", Config{ChooseBackend: to(backendOf(t, origin(t, switching)))}, "GET / HTTP/1.1\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n"},
		{"TCP", Config{Proxy: tcpMode(), ChooseBackend: to(tcpBackendOf(t, origin(t, silent)))}, "x"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			ended := make(chan string, 1)
			tt.config.Log = func(s *stream.Stream) { ended <- s.Record.Termination.String() }
			f, address := start(t, tt.config)
			c := dial(t, address)
			c.send(tt.request)
			for f.Proxy.FrontendCounters.Current() == 0 {
				time.Sleep(time.Millisecond)
			}
			time.Sleep(10 * time.Millisecond) // let it get to where it waits; it must end wherever it is
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			if err := f.Shutdown(ctx); err != context.Canceled {
				t.Errorf("Shutdown: %v", err)
			}
			if got := <-ended; got[0] != 'K' {
				t.Errorf("termination %s, want K.", got)
			}
		})
	}
}
