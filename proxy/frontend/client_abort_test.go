package frontend

import (
	"bufio"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"tidelock/proxy/stream"
)

// terminations makes a Log that hands on how each exchange ended.
func terminations() (func(*stream.Stream), <-chan string) {
	ended := make(chan string, 8)
	return func(s *stream.Stream) { ended <- s.Record.Termination.String() }, ended
}

// A client that ends its side within a request may still listen.
func TestFrontend_HalfClosed_InRequest(t *testing.T) {
	log, ended := terminations()
	c := dial(t, serve(t, Config{Log: log}))
	c.send("GET / HTTP/1.1\r\nHost")
	c.Conn.(*net.TCPConn).CloseWrite()
	if got := c.rest(); !strings.HasPrefix(got, "HTTP/1.1 400 ") {
		t.Errorf("got %q", got)
	}
	if got := <-ended; got != "CR" {
		t.Errorf("termination %s, want CR", got)
	}
}

// Whoever waits is told when the client breaks off its body, whether a rule over the request waits, before anything is
// forwarded, or one over the response, while the body is.
func TestFrontend_ContextEnds_Body(t *testing.T) {
	wait := func(begun chan struct{}) func(*stream.Stream) stream.Verdict {
		return func(s *stream.Stream) stream.Verdict {
			close(begun)
			<-s.Context.Done()
			return stream.Abort
		}
	}
	tests := []struct {
		name string
		set  func(*Config, func(*stream.Stream) stream.Verdict)
		want string
	}{
		{"request rule", func(c *Config, f func(*stream.Stream) stream.Verdict) { c.RequestRules = f }, "PR"},
		{"response rule", func(c *Config, f func(*stream.Stream) stream.Verdict) { c.ResponseRules = f }, "PH"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			log, ended := terminations()
			begun := make(chan struct{})
			config := Config{ChooseBackend: to(backendOf(t, early(t, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"))), Log: log}
			tt.set(&config, wait(begun))
			c := dial(t, serve(t, config))
			c.send("POST / HTTP/1.1\r\nContent-Length: 10\r\n\r\nabc")
			<-begun
			c.Close()
			if got := <-ended; got != tt.want {
				t.Errorf("termination %s, want %s", got, tt.want)
			}
		})
	}
}

// early answers each connection's request head with the same bytes, and reads on.
func early(t testing.TB, response string) string {
	return origin(t, func(c net.Conn) {
		readHead(bufio.NewReader(c))
		io.WriteString(c, response)
		io.Copy(io.Discard, c)
	})
}

// A body that makes no sense is refused, and not the client's going away.
func TestFrontend_MalformedBody(t *testing.T) {
	log, ended := terminations()
	c := dial(t, serve(t, Config{ChooseBackend: to(backendOf(t, mirror(t))), Log: log}))
	c.send("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n")
	if got := c.rest(); !strings.HasPrefix(got, "HTTP/1.1 400 ") {
		t.Errorf("got %q", got)
	}
	if got := <-ended; got != "PH" {
		t.Errorf("termination %s, want PH", got)
	}
}

// A client that breaks off its body while it gets the response is the one to blame.
func TestFrontend_ClientAbortsBody_InResponse(t *testing.T) {
	log, ended := terminations()
	c := dial(t, serve(t, Config{
		ChooseBackend: to(backendOf(t, early(t, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"))), Log: log,
	}))
	c.send("POST / HTTP/1.1\r\nContent-Length: 10\r\n\r\nabc")
	c.ReadString('c')
	c.Conn.(*net.TCPConn).CloseWrite()
	c.rest()
	if got := <-ended; got != "CD" {
		t.Errorf("termination %s, want CD", got)
	}
}

// Having waited for something else does not lift the timeout on the client's body.
func TestFrontend_BodyTimeout_AfterWaiting(t *testing.T) {
	log, ended := terminations()
	c := dial(t, serve(t, Config{
		Timeouts:      Timeouts{Client: 100 * time.Millisecond},
		ChooseBackend: to(backendOf(t, mirror(t))),
		RequestRules: func(s *stream.Stream) stream.Verdict {
			s.Context.Done()
			return stream.Continue
		},
		Log: log,
	}))
	c.send("POST / HTTP/1.1\r\nContent-Length: 10\r\n\r\nabc")
	if got := c.rest(); !strings.HasPrefix(got, "HTTP/1.1 408 ") {
		t.Errorf("got %q", got)
	}
	if got := <-ended; got != "cD" {
		t.Errorf("termination %s, want cD", got)
	}
}

// An answer of the proxy's own may come while somebody else reads the client: one who watches it, or one who forwards its
// body. Run under the race detector.
func TestFrontend_RefusesWhileBodyArrives(t *testing.T) {
	deny := func(s *stream.Stream) stream.Verdict {
		s.Context.Done()
		s.Response.Reset()
		return stream.Deny
	}
	tests := []struct {
		name   string
		config Config
		want   string
	}{
		{"watched", Config{RequestRules: deny}, "HTTP/1.1 403 "},
		{"forwarded", Config{ResponseRules: deny}, "HTTP/1.1 502 "},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.config.ChooseBackend = to(backendOf(t, early(t, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")))
			address := serve(t, tt.config)
			for range 20 {
				c := dial(t, address)
				c.send("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n")
				for range 20 {
					io.WriteString(c.Conn, "1\r\na\r\n")
				}
				if line, _ := c.ReadString('\n'); !strings.HasPrefix(line, tt.want) {
					t.Fatalf("got %q", line)
				}
				c.Close()
			}
		})
	}
}

// A client that ends its sending side behind its request is answered, unless the backend is not to wait for such ones.
func TestFrontend_HalfClosed_BehindRequest(t *testing.T) {
	for _, tt := range []struct {
		name  string
		abort bool
		want  string
		ended string
	}{
		{"answered", false, "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok", "--"},
		{"given up", true, "HTTP/1.1 400 Bad request\r\n", "CH"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			log, ended := terminations()
			asked, answer := make(chan struct{}), make(chan struct{})
			b := backendOf(t, origin(t, func(c net.Conn) {
				readHead(bufio.NewReader(c))
				close(asked)
				<-answer
				io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
			}))
			b.AbortOnClose = tt.abort
			c := dial(t, serve(t, Config{ChooseBackend: to(b), Log: log}))
			c.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
			<-asked
			c.Conn.(*net.TCPConn).CloseWrite()
			if !tt.abort {
				close(answer)
			}
			if got := c.rest(); !strings.HasPrefix(got, tt.want) {
				t.Errorf("got %q", got)
			}
			if got := <-ended; got != tt.ended {
				t.Errorf("termination %s, want %s", got, tt.ended)
			}
			if tt.abort {
				close(answer)
			}
		})
	}
}
