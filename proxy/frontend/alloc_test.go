package frontend

import (
	"bytes"
	"io"
	"net"
	"testing"

	"tidelock/proxy/errorpage"
	"tidelock/proxy/stream"
)

// exchangeBytes sends request and reads responses that are known to be size bytes long.
func exchangeBytes(t testing.TB, c net.Conn, request, buffer []byte) {
	if _, err := c.Write(request); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(c, buffer); err != nil {
		t.Fatal(err)
	}
}

// lean is an origin that answers without allocating, so that what is counted is the proxy's.
func lean(t testing.TB, response string) string {
	reply := []byte(response)
	return origin(t, func(c net.Conn) {
		in := make([]byte, 4096)
		have := 0
		for {
			n, err := c.Read(in[have:])
			if err != nil {
				return
			}
			have += n
			if bytes.HasSuffix(in[:have], []byte("\r\n\r\n")) || bytes.HasSuffix(in[:have], []byte("\r\n\r\nabc")) {
				have = 0
				c.Write(reply)
			}
		}
	})
}

var exchangesMeasured = []struct {
	name, request, response string
	config                  func(testing.TB) Config
}{
	{"reply", "GET / HTTP/1.1\r\nHost: a\r\nUser-Agent: b\r\n\r\n", "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello",
		func(testing.TB) Config { return Config{RequestRules: hello} }},
	{"deny", "GET / HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 403 Forbidden\r\ncontent-length: 93\r\ncache-control: no-cache\r\ncontent-type: text/html\r\n\r\n" + errorpage.DefaultOf(403).Body,
		func(testing.TB) Config {
			return Config{RequestRules: func(*stream.Stream) stream.Verdict { return stream.Deny }}
		}},
	{"forward", "GET /a?b HTTP/1.1\r\nHost: a\r\nAccept: */*\r\nX-A: b\r\n\r\n", "HTTP/1.1 200 OK\r\nserver: x\r\ncontent-length: 5\r\n\r\nhello",
		func(t testing.TB) Config {
			return Config{ChooseBackend: to(backendOf(t, lean(t, "HTTP/1.1 200 OK\r\nServer: x\r\nContent-Length: 5\r\n\r\nhello")))}
		}},
	{"forward a body", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
		func(t testing.TB) Config {
			return Config{ChooseBackend: to(backendOf(t, lean(t, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n")))}
		}},
	{"rules", "GET /a HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 200 OK\r\ncontent-length: 5\r\nx-response: d\r\n\r\nhello",
		func(t testing.TB) Config {
			return Config{
				ChooseBackend: to(backendOf(t, lean(t, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"))),
				RequestRules: func(s *stream.Stream) stream.Verdict {
					s.Request.Set("x-request", s.Request.Path())
					s.Request.SetPath([]byte("/b"))
					return stream.Continue
				},
				ResponseRules: func(s *stream.Stream) stream.Verdict {
					s.Response.Add("x-response", []byte("d"))
					return stream.Continue
				},
				Log: func(*stream.Stream) {},
			}
		}},
}

// underRace is set under the race detector.
var underRace bool

// Nothing is allocated per request on a connection that has warmed up.
func TestFrontend_Allocations(t *testing.T) {
	if underRace {
		t.Skip("pools forget at random under the race detector")
	}
	for _, tt := range exchangesMeasured {
		t.Run(tt.name, func(t *testing.T) {
			c := dial(t, serve(t, tt.config(t))).Conn
			request, buffer := []byte(tt.request), make([]byte, len(tt.response))
			exchangeBytes(t, c, request, buffer)
			if string(buffer) != tt.response {
				t.Fatalf("got %q, want %q", buffer, tt.response)
			}
			if n := testing.AllocsPerRun(500, func() { exchangeBytes(t, c, request, buffer) }); n > 0 {
				t.Errorf("%v allocations per request", n)
			}
		})
	}
}

func BenchmarkFrontend_Exchange(b *testing.B) {
	for _, tt := range exchangesMeasured {
		b.Run(tt.name, func(b *testing.B) {
			c := dial(b, serve(b, tt.config(b))).Conn
			request, buffer := []byte(tt.request), make([]byte, len(tt.response))
			b.ReportAllocs()
			for b.Loop() {
				exchangeBytes(b, c, request, buffer)
			}
		})
	}
}
