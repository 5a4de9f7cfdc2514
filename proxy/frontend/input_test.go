package frontend

import (
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"tidelock/proxy/errorpage"
	"tidelock/proxy/server"
	"tidelock/proxy/stream"
)

// show answers with what a rule sees of the request's content.
func show(s *stream.Stream) stream.Verdict {
	body := s.RequestInput.Peek()
	s.Response.SetResponse(200, []byte("OK"))
	s.Response.SetBody(append([]byte("seen:"), body...))
	return stream.Reply
}

func awaiting(timeout time.Duration, atLeast int64) func(*stream.Stream) stream.Verdict {
	return func(s *stream.Stream) stream.Verdict {
		if v := s.RequestInput.Await(timeout, atLeast); v != stream.Continue {
			return v
		}
		return show(s)
	}
}

// talk sends pieces, each once the proxy has had time to take in the one before, and returns the answer's body.
func (c *client) talk(pieces ...string) (status int, body string) {
	c.t.Helper()
	for i, p := range pieces {
		if i > 0 {
			time.Sleep(20 * time.Millisecond)
		}
		c.send(p)
	}
	r, text := c.response("POST")
	return r.StatusCode, text
}

func TestFrontend_Input(t *testing.T) {
	chunked := "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
	sized := "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n"
	tests := []struct {
		name   string
		config Config
		pieces []string
		status int
		body   string
	}{
		{"with the head", Config{RequestRules: show}, []string{sized + "abcde"}, 200, "seen:abcde"},
		{"partly with the head", Config{RequestRules: show}, []string{sized + "ab"}, 200, "seen:ab"},
		{"chunks", Config{RequestRules: show}, []string{chunked + "2\r\nab\r\n3\r\ncde\r\n0\r\n\r\n"}, 200, "seen:abcde"},
		{"awaited", Config{RequestRules: awaiting(patience, 0)}, []string{sized, "ab", "cde"}, 200, "seen:abcde"},
		{"awaited chunks", Config{RequestRules: awaiting(patience, 0)}, []string{chunked, "2\r\nab\r\n3\r\nc", "de\r\n0\r\n\r\n"}, 200, "seen:abcde"},
		{"awaited in part", Config{RequestRules: awaiting(patience, 3)}, []string{sized, "ab", "c"}, 200, "seen:abc"},
		{"awaited too long", Config{RequestRules: awaiting(10*time.Millisecond, 0)}, []string{sized}, 408, errorpage.DefaultOf(408).Body},
		{"awaited nonsense", Config{RequestRules: awaiting(patience, 0)}, []string{chunked, "x\r\n"}, 400, errorpage.DefaultOf(400).Body},
		{"buffered", Config{BufferRequest: true, RequestRules: show}, []string{sized, "ab", "cde"}, 200, "seen:abcde"},
		{"buffered too long", Config{BufferRequest: true, RequestRules: show, Timeouts: Timeouts{HTTPRequest: 50 * time.Millisecond}},
			[]string{sized}, 408, errorpage.DefaultOf(408).Body},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			status, body := dial(t, serve(t, tt.config)).talk(tt.pieces...)
			if status != tt.status || body != tt.body {
				t.Errorf("got %d %q", status, body)
			}
		})
	}
}

// A body larger than the buffer is seen as far as it fits.
func TestFrontend_Input_Full(t *testing.T) {
	c := dial(t, serve(t, Config{BufferRequest: true, RequestRules: show}))
	go io.WriteString(c.Conn, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 50000\r\n\r\n"+strings.Repeat("x", 50000))
	_, body := c.response("POST")
	if n := len(body) - len("seen:"); n < 15000 || n > 15360 {
		t.Errorf("saw %d bytes", n)
	}
}

// What was looked at is forwarded like the rest, and the connection goes on with the next request.
func TestFrontend_Input_Forwarded(t *testing.T) {
	c := dial(t, serve(t, Config{BufferRequest: true, ChooseBackend: to(backendOf(t, mirror(t)))}))
	for _, framed := range []string{"Content-Length: 5\r\n\r\nabcde", "Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n3\r\ncde\r\n0\r\n\r\n"} {
		c.send("POST / HTTP/1.1\r\nHost: a\r\n" + framed + "GET /next HTTP/1.1\r\nHost: a\r\n\r\n")
		if _, body := c.response("POST"); !strings.HasSuffix(body, "\r\n\r\nabcde") {
			t.Errorf("forwarded %q", body)
		}
		if _, body := c.response("GET"); !strings.HasPrefix(body, "GET /next ") {
			t.Errorf("then forwarded %q", body)
		}
	}
}

// greeting waits for six bytes and goes on as those say.
func greeting(s *stream.Stream) stream.Verdict {
	seen := s.RequestInput.Peek()
	switch {
	case len(seen) < 6 && !s.RequestInput.Final():
		return stream.Wait
	case string(seen) == "HELLO\n":
		return stream.Continue
	case strings.HasPrefix(string(seen), "GET / "):
		return stream.SwitchHTTP
	}
	return stream.Abort
}

func TestFrontend_TCP_Inspection(t *testing.T) {
	echo := tcpBackendOf(t, origin(t, func(c net.Conn) { io.Copy(c, c) }))
	web := backendOf(t, mirror(t))
	tests := []struct {
		name   string
		delay  time.Duration
		pieces []string
		want   string // prefix of what comes back, empty for nothing
		ended  string
	}{
		{"in pieces", patience, []string{"HEL", "LO\n"}, "HELLO\n", "--"},
		{"refused", patience, []string{"HEL", "P!\n"}, "", "PR"},
		{"too slow", 30 * time.Millisecond, []string{"HEL"}, "", "PR"},
		{"no time", 0, []string{"HEL"}, "", "PR"},
		{"HTTP", patience, []string{"GET", " / HTTP/1.1\r\nConnection: close\r\n\r\n"}, "HTTP/1.1 200 OK\r\n", "--"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			log, ended := terminations()
			choose := func(s *stream.Stream) *server.Backend {
				if s.Request != nil {
					return web
				}
				return echo
			}
			c := dial(t, serve(t, Config{Proxy: tcpMode(), ContentRules: greeting, InspectDelay: tt.delay, ChooseBackend: choose, Log: log}))
			for i, p := range tt.pieces {
				if i > 0 {
					time.Sleep(10 * time.Millisecond)
				}
				c.send(p)
			}
			if tt.want != "" {
				got := make([]byte, len(tt.want))
				if _, err := io.ReadFull(c, got); err != nil || string(got) != tt.want {
					t.Fatalf("got %q, %v", got, err)
				}
			}
			if tt.ended == "--" {
				c.Conn.(*net.TCPConn).CloseWrite()
			}
			io.Copy(io.Discard, c) // ends with a reset when what the client sent comes after the refusal
			if got := <-ended; got != tt.ended {
				t.Errorf("termination %s, want %s", got, tt.ended)
			}
		})
	}
}

// A TCP frontend speaks HTTP to the client when the backend chosen does.
func TestFrontend_TCP_BackendOfHTTP(t *testing.T) {
	c := dial(t, serve(t, Config{Proxy: tcpMode(), ChooseBackend: to(backendOf(t, mirror(t)))}))
	for range 2 {
		c.send("GET /a HTTP/1.1\r\nHost: a\r\n\r\n")
		if _, body := c.response("GET"); !strings.HasPrefix(body, "GET /a HTTP/1.1\r\n") {
			t.Errorf("got %q", body)
		}
	}
}

// Rules over what a TCP server says first hold it back while the client's bytes already flow.
func TestFrontend_TCP_InspectsAnswer(t *testing.T) {
	for _, tt := range []struct{ name, answer, want string }{
		{"passes", "220 ready\n", "220 ready\n"},
		{"refused", "500 sorry\n", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := tcpBackendOf(t, origin(t, func(c net.Conn) {
				io.ReadFull(c, make([]byte, 1)) // it speaks once spoken to
				io.WriteString(c, tt.answer[:2])
				time.Sleep(10 * time.Millisecond)
				io.WriteString(c, tt.answer[2:])
			}))
			b.ResponseInspectDelay = patience
			b.ResponseContentRules = func(s *stream.Stream) stream.Verdict {
				seen := string(s.ResponseInput.Peek())
				switch {
				case len(seen) < 3 && !s.ResponseInput.Final():
					return stream.Wait
				case strings.HasPrefix(seen, "220"):
					return stream.Stop
				}
				return stream.Abort
			}
			c := dial(t, serve(t, Config{Proxy: tcpMode(), ChooseBackend: to(b)}))
			c.send("x")
			if got := c.rest(); got != tt.want {
				t.Errorf("got %q", got)
			}
		})
	}
}
