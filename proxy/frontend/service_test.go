package frontend

import (
	"bytes"
	"errors"
	"io"
	"net"
	"strings"
	"testing"

	"tidelock/proxy/stream"
)

// service makes a Service of a function.
type service func(stream.Applet) error

func (f service) Serve(a stream.Applet) error { return f(a) }

// by is a rule that has a service answer.
func by(f service) func(*stream.Stream) stream.Verdict {
	return func(s *stream.Stream) stream.Verdict {
		s.Service = f
		return stream.Stop
	}
}

// answer starts a 200 response with the given headers, "name: value" each, and sends body.
func answer(a stream.Applet, body string, headers ...string) error {
	m := a.Stream().Response
	m.SetResponse(200, []byte("OK"))
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		m.Add(name, []byte(value))
	}
	if err := a.StartResponse(); err != nil {
		return err
	}
	_, err := io.WriteString(a, body)
	return err
}

func TestFrontend_Services(t *testing.T) {
	echo := func(a stream.Applet) error {
		body, err := io.ReadAll(a)
		if err != nil {
			return err
		}
		return answer(a, string(body))
	}
	tests := []struct {
		name    string
		serve   service
		request string
		want    string
	}{
		{"chunked", func(a stream.Applet) error { return answer(a, "abc") }, "GET / HTTP/1.1\r\nConnection: close\r\n\r\n",
			"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n3\r\nabc\r\n0\r\n\r\n"},
		{"length", func(a stream.Applet) error { return answer(a, "abc", "Content-Length: 3") }, "GET / HTTP/1.1\r\nConnection: close\r\n\r\n",
			"HTTP/1.1 200 OK\r\ncontent-length: 3\r\nconnection: close\r\n\r\nabc"},
		{"HTTP/1.0", func(a stream.Applet) error { return answer(a, "abc") }, "GET / HTTP/1.0\r\n\r\n",
			"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nabc"},
		{"HEAD", func(a stream.Applet) error { return answer(a, "abc", "Content-Length: 3") }, "HEAD / HTTP/1.1\r\nConnection: close\r\n\r\n",
			"HTTP/1.1 200 OK\r\ncontent-length: 3\r\nconnection: close\r\n\r\n"},
		{"request body", echo, "POST / HTTP/1.1\r\nConnection: close\r\nContent-Length: 3\r\n\r\nabc",
			"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n3\r\nabc\r\n0\r\n\r\n"},
		{"chunked request body", echo, "POST / HTTP/1.1\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n2\r\nbc\r\n0\r\n\r\n",
			"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n3\r\nabc\r\n0\r\n\r\n"},
		{"less than announced", func(a stream.Applet) error { return answer(a, "abc", "Content-Length: 4") }, "GET / HTTP/1.1\r\n\r\n",
			"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nabc"},
		{"error after the start", func(a stream.Applet) error { answer(a, "abc"); return errors.New("x") }, "GET / HTTP/1.1\r\n\r\n",
			"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n"},
		{"asks to close", func(a stream.Applet) error { return answer(a, "", "Connection: close", "Content-Length: 0") }, "GET / HTTP/1.1\r\n\r\n",
			"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := ask(t, serve(t, Config{RequestRules: by(tt.serve)}), tt.request); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestFrontend_Services_Errors(t *testing.T) {
	tests := []struct {
		name  string
		serve service
	}{
		{"error at once", func(stream.Applet) error { return errors.New("x") }},
		{"nothing said", func(stream.Applet) error { return nil }},
		{"body before the start", func(a stream.Applet) error {
			if _, err := io.WriteString(a, "abc"); err != ErrNotStarted {
				return nil
			}
			return errors.New("as it should")
		}},
		{"interim status", func(a stream.Applet) error {
			a.Stream().Response.SetResponse(100, nil)
			return a.StartResponse()
		}},
		{"no status", func(a stream.Applet) error { return a.StartResponse() }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := ask(t, serve(t, Config{RequestRules: by(tt.serve)}), "GET / HTTP/1.1\r\nConnection: close\r\n\r\n")
			if !strings.HasPrefix(got, "HTTP/1.1 500 ") {
				t.Errorf("got %q, want status 500", got)
			}
		})
	}
}

// The connection goes on after services that read all, some or nothing of the request's body.
func TestFrontend_ServiceKeepsConnection(t *testing.T) {
	n := 0
	c := dial(t, serve(t, Config{RequestRules: by(func(a stream.Applet) error {
		a.Read(make([]byte, n))
		n++
		return answer(a, "ok")
	})}))
	for range 4 {
		c.send("POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\n")
		c.send("abc")
		if _, body := c.response("POST"); body != "ok" {
			t.Fatalf("body %q", body)
		}
	}
}

// 100 (Continue) is sent when the service first reads, and not when it never does.
func TestFrontend_ServiceContinues(t *testing.T) {
	read := dial(t, serve(t, Config{RequestRules: by(func(a stream.Applet) error {
		body, _ := io.ReadAll(a)
		return answer(a, string(body))
	})}))
	const request = "POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n"
	read.send(request)
	if line, _ := read.ReadString('\n'); line != "HTTP/1.1 100 Continue\r\n" {
		t.Fatalf("got %q", line)
	}
	read.ReadString('\n')
	read.send("abc")
	if _, body := read.response("POST"); body != "abc" {
		t.Errorf("body %q", body)
	}
	deaf := serve(t, Config{RequestRules: by(func(a stream.Applet) error { return answer(a, "no", "Content-Length: 2") })})
	if got := ask(t, deaf, request); got != "HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nno" {
		t.Errorf("got %q", got)
	}
}

// What a service writes and flushes arrives while the service goes on.
func TestFrontend_ServiceStreams(t *testing.T) {
	goOn := make(chan struct{})
	c := dial(t, serve(t, Config{RequestRules: by(func(a stream.Applet) error {
		if err := answer(a, "first"); err != nil {
			return err
		}
		a.Flush()
		<-goOn
		_, err := io.WriteString(a, "second")
		return err
	})}))
	c.send("GET / HTTP/1.1\r\n\r\n")
	head, _ := readHead(c.Reader)
	chunk := make([]byte, len("5\r\nfirst\r\n"))
	io.ReadFull(c, chunk)
	if !strings.HasPrefix(head, "HTTP/1.1 200") || string(chunk) != "5\r\nfirst\r\n" {
		t.Errorf("got %q %q", head, chunk)
	}
	close(goOn)
	io.ReadFull(c, chunk)
	if string(chunk) != "6\r\nsecond\r" {
		t.Errorf("got %q", chunk)
	}
}

func TestFrontend_ResponseRulesSeeServices(t *testing.T) {
	address := serve(t, Config{
		RequestRules: by(func(a stream.Applet) error { return answer(a, "abc") }),
		ResponseRules: func(s *stream.Stream) stream.Verdict {
			s.Response.Add("x-rule", []byte("seen"))
			if s.Request.Find("x-deny", -1) >= 0 {
				s.Response.Reset()
				return stream.Deny
			}
			return stream.Continue
		},
	})
	if got := ask(t, address, "GET / HTTP/1.0\r\n\r\n"); !strings.Contains(got, "\r\nx-rule: seen\r\n") {
		t.Errorf("got %q", got)
	}
	if got := ask(t, address, "GET / HTTP/1.0\r\nX-Deny: 1\r\n\r\n"); !strings.HasPrefix(got, "HTTP/1.1 502 ") || strings.Contains(got, "abc") {
		t.Errorf("got %q", got)
	}
}

func TestFrontend_TCPService(t *testing.T) {
	address := serve(t, Config{Proxy: tcpMode(), ContentRules: by(func(a stream.Applet) error {
		text, err := io.ReadAll(a)
		if err != nil {
			return err
		}
		_, err = a.Write(bytes.ToUpper(text))
		return err
	})})
	c := dial(t, address)
	c.send("abc")
	c.Conn.(*net.TCPConn).CloseWrite()
	if got := c.rest(); got != "ABC" {
		t.Errorf("got %q", got)
	}
}

// Whoever waits on behalf of a client is told when the client is gone, and the connection stays usable when it is not.
func TestFrontend_ContextEnds(t *testing.T) {
	waiting, gone := make(chan struct{}), make(chan error, 1)
	address := serve(t, Config{RequestRules: func(s *stream.Stream) stream.Verdict {
		if s.Request.Find("x-wait", -1) < 0 {
			s.Context.Done() // starts watching
			return hello(s)
		}
		done := s.Context.Done()
		close(waiting)
		<-done
		gone <- s.Context.Err()
		return stream.Abort
	}})
	c := dial(t, address)
	for range 3 {
		c.send("GET / HTTP/1.1\r\n\r\n")
		if _, body := c.response("GET"); body != "hello" {
			t.Fatalf("body %q", body)
		}
	}
	c.send("GET / HTTP/1.1\r\nX-Wait: 1\r\n\r\n")
	<-waiting
	c.Conn.(*net.TCPConn).SetLinger(0)
	c.Close()
	if err := <-gone; err == nil {
		t.Error("done without an error")
	}
}

// Watching the client keeps the bytes that it sends meanwhile.
func TestFrontend_ContextKeepsInput(t *testing.T) {
	c := dial(t, serve(t, Config{RequestRules: by(func(a stream.Applet) error {
		a.Stream().Context.Done()
		first := make([]byte, 1)
		io.ReadFull(a, first)
		a.Stream().Context.Done()
		body, err := io.ReadAll(a)
		if err != nil {
			return err
		}
		return answer(a, string(first)+string(body))
	})}))
	c.send("POST / HTTP/1.1\r\nContent-Length: 6\r\n\r\n")
	c.send("abc")
	c.send("defGET / HTTP/1.1\r\nContent-Length: 1\r\n\r\ng")
	for _, want := range []string{"abcdef", "g"} {
		if _, body := c.response("POST"); body != want {
			t.Errorf("body %q, want %q", body, want)
		}
	}
}
