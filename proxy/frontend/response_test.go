package frontend

import (
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"tidelock/proxy/stream"
)

func TestFrontend_Responses(t *testing.T) {
	const get, old, oldKeep, head = "GET / HTTP/1.1\r\nConnection: close\r\n\r\n", "GET / HTTP/1.0\r\n\r\n",
		"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", "HEAD / HTTP/1.1\r\nConnection: close\r\n\r\n"
	tests := []struct {
		name, response string
		close          bool
		request, want  string
	}{
		{"length", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", false, get,
			"HTTP/1.1 200 OK\r\ncontent-length: 3\r\nconnection: close\r\n\r\nabc"},
		{"no reason", "HTTP/1.1 200\r\nContent-Length: 3\r\n\r\nabc", false, get,
			"HTTP/1.1 200 \r\ncontent-length: 3\r\nconnection: close\r\n\r\nabc"},
		{"until close", "HTTP/1.1 200 OK\r\n\r\nabc", true, "GET / HTTP/1.1\r\n\r\n",
			"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nabc"},
		{"until close, HTTP/1.0 server", "HTTP/1.0 200 OK\r\n\r\nabc", true, "GET / HTTP/1.1\r\n\r\n", "HTTP/1.0 200 OK\r\n\r\nabc"},
		{"until close, HTTP/1.0 client", "HTTP/1.1 200 OK\r\n\r\nabc", true, oldKeep,
			"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nabc"},
		{"HTTP/1.0 both", "HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\nabc", true, old, "HTTP/1.0 200 OK\r\ncontent-length: 3\r\n\r\nabc"},
		{"chunked with trailer", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x\r\nabc\r\n0\r\nX-T: v\r\n\r\n", false, get,
			"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n3\r\nabc\r\n0\r\nx-t: v\r\n\r\n"},
		{"chunked, HTTP/1.0 client", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", false, oldKeep,
			"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nabc"},
		{"chunked overrides length", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", false, get,
			"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n0\r\n\r\n"},
		{"HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n", false, head,
			"HTTP/1.1 200 OK\r\ncontent-length: 3\r\nconnection: close\r\n\r\n"},
		{"HEAD, chunked", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", false, head,
			"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n"},
		{"204 with a length", "HTTP/1.1 204 No Content\r\nContent-Length: 3\r\n\r\n", false, get,
			"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n"},
		{"304 keeps its length", "HTTP/1.1 304 Not Modified\r\nContent-Length: 3\r\n\r\n", false, get,
			"HTTP/1.1 304 Not Modified\r\ncontent-length: 3\r\nconnection: close\r\n\r\n"},
		{"interim", "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", false, get,
			"HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"},
		{"interim, HTTP/1.0 client", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", false, old,
			"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"},
		{"connection options", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: keep-alive, X-A\r\nX-A: b\r\n\r\n", false, get,
			"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: X-A\r\nx-a: b\r\nconnection: close\r\n\r\n"},
		{"more than announced", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcXXX", false, get,
			"HTTP/1.1 200 OK\r\ncontent-length: 3\r\nconnection: close\r\n\r\nabc"},
		{"less than announced", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", true, "GET / HTTP/1.1\r\n\r\n",
			"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			address := serve(t, Config{ChooseBackend: to(backendOf(t, canned(t, tt.response, tt.close)))})
			if got := ask(t, address, tt.request); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestFrontend_Responses_Errors(t *testing.T) {
	tests := []struct {
		name, response string
		close          bool
		status         string
		ended          string
	}{
		{"closed at once", "", true, "502", "SH"},
		{"closed inside the head", "HTTP/1.1 200 OK\r\nCont", true, "502", "SH"},
		{"no HTTP", "hello\r\n\r\n", false, "502", "PH"},
		{"lower-case protocol", "http/1.1 200 OK\r\n\r\n", false, "502", "PH"},
		{"status not a number", "HTTP/1.1 2x0 OK\r\n\r\n", false, "502", "PH"},
		{"status too long", "HTTP/1.1 2000 OK\r\n\r\n", false, "502", "PH"},
		{"header name", "HTTP/1.1 200 OK\r\nBad Name: x\r\n\r\n", false, "502", "PH"},
		{"different lengths", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 3\r\n\r\nabc", false, "502", "PH"},
		{"coding", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nabc", true, "502", "PH"},
		{"chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n", false, "502", "PH"},
		{"101 unasked", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n", false, "502", "PH"},
		{"head too large", "HTTP/1.1 200 OK\r\nX: " + strings.Repeat("a", 16500) + "\r\n\r\n", false, "502", "PH"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			ended := make(chan string, 1)
			address := serve(t, Config{
				ChooseBackend: to(backendOf(t, canned(t, tt.response, tt.close))),
				Log:           func(s *stream.Stream) { ended <- s.Record.Termination.String() },
			})
			c := dial(t, address)
			c.send("GET / HTTP/1.1\r\nConnection: close\r\n\r\n")
			if got := c.rest(); !strings.HasPrefix(got, "HTTP/1.1 "+tt.status+" ") || strings.Count(got, "HTTP/1.1") != 1 {
				t.Errorf("got %q, want status %s", got, tt.status)
			}
			if got := <-ended; got != tt.ended {
				t.Errorf("termination %s, want %s", got, tt.ended)
			}
		})
	}
}

// A server that is not there, and one that says nothing.
func TestFrontend_ServerSilent(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	refused := l.Addr().String()
	l.Close()
	if got := ask(t, serve(t, Config{ChooseBackend: to(backendOf(t, refused))}), "GET / HTTP/1.0\r\n\r\n"); !strings.HasPrefix(got, "HTTP/1.1 503 ") {
		t.Errorf("no server: %q", got)
	}
	silent := backendOf(t, origin(t, func(c net.Conn) { io.Copy(io.Discard, c) }))
	silent.Timeouts.Server = 20 * time.Millisecond
	if got := ask(t, serve(t, Config{ChooseBackend: to(silent)}), "GET / HTTP/1.0\r\n\r\n"); !strings.HasPrefix(got, "HTTP/1.1 504 ") {
		t.Errorf("silent server: %q", got)
	}
}
