package frontend

import (
	"strings"
	"testing"
)

func TestFrontend_Requests(t *testing.T) {
	address := serve(t, Config{ChooseBackend: to(backendOf(t, mirror(t)))})
	// What the server sees of a request; C stands for "connection: close" in the client's.
	tests := []struct{ name, request, seen string }{
		{"plain", "GET /a HTTP/1.1\r\nHost: a\r\nC\r\n\r\n", "GET /a HTTP/1.1\r\nhost: a\r\n\r\n"},
		{"lower case, trimmed, order kept", "GET / HTTP/1.1\r\nX-B:  v \t\r\nHost: a\r\nX-A:\r\nC\r\n\r\n",
			"GET / HTTP/1.1\r\nx-b: v\r\nhost: a\r\nx-a: \r\n\r\n"},
		{"no host", "GET / HTTP/1.1\r\nC\r\n\r\n", "GET / HTTP/1.1\r\n\r\n"},
		{"equal hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\nC\r\n\r\n", "GET / HTTP/1.1\r\nhost: a\r\n\r\n"},
		{"line feeds only", "GET / HTTP/1.1\nHost: a\nC\n\n", "GET / HTTP/1.1\r\nhost: a\r\n\r\n"},
		{"empty lines first", "\r\n\n\r\nGET / HTTP/1.1\r\nC\r\n\r\n", "GET / HTTP/1.1\r\n\r\n"},
		{"white space in the request line", "GET \t / \tHTTP/1.1\r\nC\r\n\r\n", "GET / HTTP/1.1\r\n\r\n"},
		{"folded header", "GET / HTTP/1.1\r\nX: b\r\n  c\r\n\td\r\nC\r\n\r\n", "GET / HTTP/1.1\r\nx: b    c  \td\r\n\r\n"},
		{"newer version", "GET / HTTP/1.2\r\nC\r\n\r\n", "GET / HTTP/1.1\r\n\r\n"},
		{"HTTP/1.0", "GET / HTTP/1.0\r\n\r\n", "GET / HTTP/1.0\r\nconnection: keep-alive\r\n\r\n"},
		{"absolute form", "GET http://a/b HTTP/1.1\r\nHost: a:80\r\nC\r\n\r\n", "GET http://a/b HTTP/1.1\r\nhost: a:80\r\n\r\n"},
		{"asterisk form", "OPTIONS * HTTP/1.1\r\nHost: a\r\nC\r\n\r\n", "OPTIONS * HTTP/1.1\r\nhost: a\r\n\r\n"},
		{"connection options", "GET / HTTP/1.1\r\nConnection: close, X-Foo,TE\r\nX-Foo: 1\r\nTE: gzip, trailers;q=1\r\n\r\n",
			"GET / HTTP/1.1\r\nconnection: X-Foo,TE\r\nx-foo: 1\r\nte: trailers\r\n\r\n"},
		{"TE for this hop", "GET / HTTP/1.1\r\nTE: gzip\r\nC\r\n\r\n", "GET / HTTP/1.1\r\n\r\n"},
		{"length", "POST / HTTP/1.1\r\nContent-Length: 3\r\nC\r\n\r\nabc", "POST / HTTP/1.1\r\ncontent-length: 3\r\n\r\nabc"},
		{"equal lengths", "POST / HTTP/1.1\r\nContent-Length: 3\r\nContent-Length: 3\r\nC\r\n\r\nabc", "POST / HTTP/1.1\r\ncontent-length: 3\r\n\r\nabc"},
		{"list of equal lengths", "POST / HTTP/1.1\r\nContent-Length: 3, 3\r\nC\r\n\r\nabc", "POST / HTTP/1.1\r\ncontent-length: 3\r\n\r\nabc"},
		{"length zero", "POST / HTTP/1.1\r\nContent-Length: 0\r\nC\r\n\r\n", "POST / HTTP/1.1\r\ncontent-length: 0\r\n\r\n"},
		{"chunked", "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nC\r\n\r\n3\r\nabc\r\n1;x=\"y\"\r\nd\r\n0\r\n\r\n",
			"POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\nabcd"},
		{"chunked overrides length", "POST / HTTP/1.1\r\nContent-Length: 9\r\nTransfer-Encoding: CHUNKED\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
			"POST / HTTP/1.1\r\ntransfer-encoding: CHUNKED\r\n\r\nabc"},
		{"chunked with line feeds", "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nC\r\n\r\n3 \nabc\n0\n\n",
			"POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\nabc"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := dial(t, address)
			c.send(strings.NewReplacer("\nC\r", "\nConnection: close\r", "\nC\n", "\nConnection: close\n").Replace(tt.request))
			_, body := c.response("GET")
			if body != tt.seen {
				t.Errorf("the server saw %q, want %q", body, tt.seen)
			}
			if rest := c.rest(); rest != "" {
				t.Errorf("after the response: %q", rest)
			}
		})
	}
}

func TestFrontend_Requests_Errors(t *testing.T) {
	address := serve(t, Config{ChooseBackend: to(backendOf(t, mirror(t)))})
	const chunked = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
	tests := []struct {
		name, request string
		status        string
	}{
		{"another protocol", "\x16\x03\x01\x02\x00", "400"},
		{"HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "400"},
		{"HTTP/0.9", "GET /\r\n\r\n", "400"},
		{"leading space", " GET / HTTP/1.1\r\n\r\n", "400"},
		{"trailing space", "GET / HTTP/1.1 \r\n\r\n", "400"},
		{"method", "G@T / HTTP/1.1\r\n\r\n", "400"},
		{"lower-case protocol", "GET / http/1.1\r\n\r\n", "400"},
		{"long version", "GET / HTTP/1.11\r\n\r\n", "400"},
		{"another protocol's version", "GET / RTSP/1.0\r\n\r\n", "400"},
		{"relative target", "GET a HTTP/1.1\r\n\r\n", "400"},
		{"fragment", "GET /#a HTTP/1.1\r\n\r\n", "400"},
		{"8-bit target", "GET /\xe9 HTTP/1.1\r\n\r\n", "400"},
		{"control in the target", "GET /\x01 HTTP/1.1\r\n\r\n", "400"},
		{"different hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "400"},
		{"target and host differ", "GET http://b/ HTTP/1.1\r\nHost: a\r\n\r\n", "400"},
		{"space before colon", "GET / HTTP/1.1\r\nX : b\r\n\r\n", "400"},
		{"no name", "GET / HTTP/1.1\r\n: b\r\n\r\n", "400"},
		{"no colon", "GET / HTTP/1.1\r\nfoo\r\n\r\n", "400"},
		{"name not a token", "GET / HTTP/1.1\r\nf(o: b\r\n\r\n", "400"},
		{"fold before any header", "GET / HTTP/1.1\r\n X: b\r\n\r\n", "400"},
		{"bare carriage return", "GET / HTTP/1.1\r\nX: a\rb\r\n\r\n", "400"},
		{"NUL", "GET / HTTP/1.1\r\nX: a\x00b\r\n\r\n", "400"},
		{"length with sign", "POST / HTTP/1.1\r\nContent-Length: +3\r\n\r\nabc", "400"},
		{"negative length", "POST / HTTP/1.1\r\nContent-Length: -3\r\n\r\nabc", "400"},
		{"hexadecimal length", "POST / HTTP/1.1\r\nContent-Length: 0x3\r\n\r\nabc", "400"},
		{"empty length", "POST / HTTP/1.1\r\nContent-Length:\r\n\r\nabc", "400"},
		{"length and text", "POST / HTTP/1.1\r\nContent-Length: 3 x\r\n\r\nabc", "400"},
		{"huge length", "POST / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\nabc", "400"},
		{"different lengths", "POST / HTTP/1.1\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc", "400"},
		{"list of different lengths", "POST / HTTP/1.1\r\nContent-Length: 3, 4\r\n\r\nabc", "400"},
		{"coding below chunked", "POST / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", "422"},
		{"chunked not last", "POST / HTTP/1.1\r\nTransfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n", "400"},
		{"coding without chunked", "POST / HTTP/1.1\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n", "400"},
		{"not quite chunked", "POST / HTTP/1.1\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", "400"},
		{"chunked twice", "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "400"},
		{"chunk size", chunked + "zz\r\n", "400"},
		{"space before chunk size", chunked + " 3\r\nabc\r\n0\r\n\r\n", "400"},
		{"huge chunk", chunked + "fffffffffffffffff\r\n", "400"},
		{"no line end after chunk", chunked + "3\r\nabcXX0\r\n\r\n", "400"},
		{"trailer", chunked + "0\r\nX T: v\r\n\r\n", "400"},
		{"too many headers", "GET / HTTP/1.1\r\n" + strings.Repeat("a: b\r\n", 102) + "\r\n", "400"},
		{"head too large", "GET / HTTP/1.1\r\nX: " + strings.Repeat("a", 17000) + "\r\n\r\n", "400"},
		{"target too long", "GET /" + strings.Repeat("a", 17000) + " HTTP/1.1\r\n\r\n", "400"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			answer := ask(t, address, tt.request)
			if !strings.HasPrefix(answer, "HTTP/1.1 "+tt.status+" ") {
				t.Errorf("answer %q, want status %s", answer, tt.status)
			}
			if strings.Count(answer, "HTTP/1.1 ") != 1 {
				t.Errorf("more than one response: %q", answer)
			}
		})
	}
}

// The bytes that HAProxy 2.6.12 sends.
func TestFrontend_ErrorPage(t *testing.T) {
	address := serve(t, Config{})
	const want = "HTTP/1.1 400 Bad request\r\nContent-length: 90\r\nCache-Control: no-cache\r\nConnection: close\r\n" +
		"Content-Type: text/html\r\n\r\n<html><body><h1>400 Bad request</h1>\nYour browser sent an invalid request.\n</body></html>\n"
	if got := ask(t, address, "nonsense\r\n\r\n"); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	const unavailable = "HTTP/1.1 503 Service Unavailable\r\ncontent-length: 107\r\ncache-control: no-cache\r\ncontent-type: text/html\r\n" +
		"connection: close\r\n\r\n<html><body><h1>503 Service Unavailable</h1>\nNo server is available to handle this request.\n</body></html>\n"
	if got := ask(t, address, "GET / HTTP/1.1\r\nConnection: close\r\n\r\n"); got != unavailable {
		t.Errorf("got %q, want %q", got, unavailable)
	}
}

func TestFrontend_Pipelining(t *testing.T) {
	address := serve(t, Config{ChooseBackend: to(backendOf(t, mirror(t)))})
	c := dial(t, address)
	c.send("GET /1 HTTP/1.1\r\n\r\nPOST /2 HTTP/1.1\r\nContent-Length: 2\r\n\r\nabPOST /3 HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nc\r\n0\r\n\r\n" +
		"GET /4 HTTP/1.1\r\n\r\nbroken\r\n\r\n")
	for _, want := range []string{
		"GET /1 HTTP/1.1\r\n\r\n",
		"POST /2 HTTP/1.1\r\ncontent-length: 2\r\n\r\nab",
		"POST /3 HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\nc",
		"GET /4 HTTP/1.1\r\n\r\n",
	} {
		if _, body := c.response("GET"); body != want {
			t.Errorf("the server saw %q, want %q", body, want)
		}
	}
	if r, _ := c.response("GET"); r.StatusCode != 400 {
		t.Errorf("status %d, want 400", r.StatusCode)
	}
	if rest := c.rest(); rest != "" {
		t.Errorf("after the error: %q", rest)
	}
}

// A head that comes byte by byte is parsed like one that comes at once, wherever it is cut.
func TestFrontend_SlowRequest(t *testing.T) {
	address := serve(t, Config{ChooseBackend: to(backendOf(t, mirror(t)))})
	c := dial(t, address)
	for _, b := range []byte("\r\nPOST / HTTP/1.1\r\nX: a\r\n b\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n2;e\r\nab\r\n0\r\nT: u\r\n\r\n") {
		c.send(string(b))
	}
	if _, body := c.response("GET"); body != "POST / HTTP/1.1\r\nx: a   b\r\ntransfer-encoding: chunked\r\n\r\nab" {
		t.Errorf("the server saw %q", body)
	}
}
