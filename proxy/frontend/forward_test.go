package frontend

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"tidelock/proxy/counter"
	"tidelock/proxy/server"
	"tidelock/proxy/stream"
)

// Three clients after each other send three requests each.
func TestFrontend_ReusesServerConnections(t *testing.T) {
	tests := []struct {
		name             string
		reuse            server.Reuse
		mode             server.ConnectionMode
		connects, reuses uint64
	}{
		{"safe", server.ReuseSafe, server.KeepAlive, 3, 6},
		{"never", server.ReuseNever, server.KeepAlive, 3, 6},
		{"aggressive", server.ReuseAggressive, server.KeepAlive, 1, 8},
		{"always", server.ReuseAlways, server.KeepAlive, 1, 8},
		{"closed", server.ReuseAlways, server.ServerClose, 9, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := backendOf(t, mirror(t))
			b.Reuse, b.Connection = tt.reuse, tt.mode
			address := serve(t, Config{ChooseBackend: to(b)})
			for range 3 {
				c := dial(t, address)
				for range 3 {
					c.send("GET / HTTP/1.1\r\n\r\n")
					c.response("GET")
				}
				c.Close()
			}
			counters := b.Servers()[0].Counters
			if n := uint64(counters.Value(counter.Connects)); n != tt.connects {
				t.Errorf("%d connections, want %d", n, tt.connects)
			}
			if n := uint64(counters.Value(counter.Reuses)); n != tt.reuses {
				t.Errorf("reused %d times, want %d", n, tt.reuses)
			}
		})
	}
}

// A server that closes after each response without saying so: the next request meets a dead connection.
func TestFrontend_StaleServerConnection(t *testing.T) {
	served := make(chan struct{})
	b := backendOf(t, origin(t, func(c net.Conn) {
		r := bufio.NewReader(c)
		request, err := http.ReadRequest(r)
		if err != nil {
			return
		}
		body, _ := io.ReadAll(request.Body)
		io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: "+strconv.Itoa(len(body))+"\r\n\r\n"+string(body))
		c.Close()
		served <- struct{}{}
	}))
	c := dial(t, serve(t, Config{ChooseBackend: to(b)}))
	for _, tt := range []struct{ request, body string }{
		{"GET /1 HTTP/1.1\r\n\r\n", ""},
		{"GET /2 HTTP/1.1\r\n\r\n", ""},
		{"POST /3 HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc", "abc"},
		{"PATCH /4 HTTP/1.1\r\n\r\n", ""},
	} {
		c.send(tt.request)
		if r, body := c.response("GET"); r.StatusCode != 200 || body != tt.body {
			t.Errorf("%q: status %d, body %q", tt.request, r.StatusCode, body)
		}
		<-served
	}
}

// What a server sends beyond its response is nobody's.
func TestFrontend_StrayResponse(t *testing.T) {
	sent := make(chan struct{}, 8)
	b := backendOf(t, origin(t, func(c net.Conn) {
		r := bufio.NewReader(c)
		for {
			if _, err := http.ReadRequest(r); err != nil {
				return
			}
			io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
			time.Sleep(20 * time.Millisecond) // let it be an idle connection
			io.WriteString(c, "HTTP/1.1 408 Request Time-out\r\nContent-Length: 0\r\n\r\n")
			sent <- struct{}{}
		}
	}))
	c := dial(t, serve(t, Config{ChooseBackend: to(b)}))
	for range 3 {
		c.send("GET / HTTP/1.1\r\n\r\n")
		if r, body := c.response("GET"); r.StatusCode != 200 || body != "ok" {
			t.Errorf("status %d, body %q", r.StatusCode, body)
		}
		<-sent
	}
}

// It is nobody's either when it comes with the response, and the connection stays with its client.
func TestFrontend_StrayResponse_atOnce(t *testing.T) {
	for _, reuse := range []server.Reuse{server.ReuseNever, server.ReuseSafe, server.ReuseAlways} {
		b := backendOf(t, origin(t, func(c net.Conn) {
			for r := bufio.NewReader(c); ; {
				if _, err := http.ReadRequest(r); err != nil {
					return
				}
				io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 408 Request Time-out\r\nContent-Length: 0\r\n\r\n")
			}
		}))
		b.Reuse = reuse
		c := dial(t, serve(t, Config{ChooseBackend: to(b)}))
		for range 3 {
			c.send("GET / HTTP/1.1\r\n\r\n")
			if r, body := c.response("GET"); r.StatusCode != 200 || body != "ok" {
				t.Errorf("reuse %v: status %d, body %q", reuse, r.StatusCode, body)
			}
		}
	}
}

// A request is not sent twice behind the client's back: the client does, when its connection is closed without an answer.
func TestFrontend_NoReplay(t *testing.T) {
	var exchanges atomic.Int32
	b := backendOf(t, origin(t, func(c net.Conn) {
		r := bufio.NewReader(c)
		for {
			request, err := http.ReadRequest(r)
			if err != nil {
				return
			}
			io.Copy(io.Discard, request.Body)
			if exchanges.Add(1) > 1 {
				return
			}
			io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
		}
	}))
	c := dial(t, serve(t, Config{ChooseBackend: to(b)}))
	c.send("GET / HTTP/1.1\r\n\r\n")
	c.response("GET")
	c.send("POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc")
	if answer, err := io.ReadAll(c); err != nil || len(answer) > 0 {
		t.Errorf("%q, %v, want a closed connection", answer, err)
	}
	if n := exchanges.Load(); n != 2 {
		t.Errorf("the server saw %d requests, want 2", n)
	}
}

func TestFrontend_RoundRobin(t *testing.T) {
	var seen []string
	b := backendOf(t, mirror(t), mirror(t), mirror(t))
	for i, s := range b.Servers() {
		s.Name = string(rune('a' + i))
	}
	logged := make(chan string, 1)
	c := dial(t, serve(t, Config{ChooseBackend: to(b), Log: func(s *stream.Stream) { logged <- s.Server.Name }}))
	for range 6 {
		c.send("GET / HTTP/1.1\r\n\r\n")
		c.response("GET")
		seen = append(seen, <-logged)
	}
	if got := strings.Join(seen, ""); got != "abcabc" {
		t.Errorf("order %s, want abcabc", got)
	}
}

// Bodies larger than any buffer, both ways, in both framings.
func TestFrontend_LargeBodies(t *testing.T) {
	body := strings.Repeat("0123456789abcdef", 64<<10)
	echo := backendOf(t, origin(t, func(c net.Conn) {
		r := bufio.NewReader(c)
		for {
			request, err := http.ReadRequest(r)
			if err != nil {
				return
			}
			w := bufio.NewWriter(c)
			io.WriteString(w, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
			chunks := http.Response{StatusCode: 200, ProtoMajor: 1, ProtoMinor: 1, TransferEncoding: []string{"chunked"}, Body: request.Body, ContentLength: -1}
			var whole strings.Builder
			chunks.Write(&whole)
			_, after, _ := strings.Cut(whole.String(), "\r\n\r\n")
			io.WriteString(w, after)
			w.Flush()
		}
	}))
	c := dial(t, serve(t, Config{ChooseBackend: to(echo)}))
	for _, framing := range []string{"length", "chunked"} {
		t.Run(framing, func(t *testing.T) {
			request, err := http.NewRequest("POST", "http://a/", io.NopCloser(strings.NewReader(body)))
			if err != nil {
				t.Fatal(err)
			}
			if framing == "length" {
				request.ContentLength = int64(len(body))
			}
			go request.Write(c.Conn)
			if _, got := c.response("POST"); got != body {
				t.Errorf("%d bytes came back, want %d", len(got), len(body))
			}
		})
	}
}

// The server's word to go on reaches the client before it sends the body.
func TestFrontend_Expect(t *testing.T) {
	b := backendOf(t, origin(t, func(c net.Conn) {
		r := bufio.NewReader(c)
		request, err := http.ReadRequest(r)
		if err != nil || request.Header.Get("Expect") != "100-continue" {
			return
		}
		io.WriteString(c, "HTTP/1.1 100 Continue\r\n\r\n")
		body, _ := io.ReadAll(request.Body)
		io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: "+strconv.Itoa(len(body))+"\r\n\r\n"+string(body))
	}))
	c := dial(t, serve(t, Config{ChooseBackend: to(b)}))
	c.send("POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n")
	if line, _ := c.ReadString('\n'); line != "HTTP/1.1 100 Continue\r\n" {
		t.Fatalf("got %q", line)
	}
	c.ReadString('\n')
	c.send("abc")
	if _, body := c.response("POST"); body != "abc" {
		t.Errorf("body %q", body)
	}
}

// A server that answers without waiting for the body: the client gets the answer.
func TestFrontend_EarlyResponse(t *testing.T) {
	b := backendOf(t, origin(t, func(c net.Conn) {
		readHead(bufio.NewReader(c))
		io.WriteString(c, "HTTP/1.1 413 Payload Too Large\r\nContent-Length: 0\r\n\r\n")
		io.Copy(io.Discard, c)
	}))
	c := dial(t, serve(t, Config{ChooseBackend: to(b)}))
	c.send("POST / HTTP/1.1\r\nContent-Length: 1000000000\r\n\r\nabc")
	if r, _ := c.response("POST"); r.StatusCode != 413 {
		t.Errorf("status %d, want 413", r.StatusCode)
	}
}

// A client that breaks off its body does not leave the exchange waiting for a response.
func TestFrontend_ClientAbortsBody(t *testing.T) {
	ended := make(chan string, 1)
	b := backendOf(t, origin(t, func(c net.Conn) { io.Copy(io.Discard, c) }))
	c := dial(t, serve(t, Config{ChooseBackend: to(b), Log: func(s *stream.Stream) { ended <- s.Record.Termination.String() }}))
	c.send("POST / HTTP/1.1\r\nContent-Length: 10\r\n\r\nabc")
	c.Close()
	if got := <-ended; got != "CD" {
		t.Errorf("termination %s, want CD", got)
	}
}

func TestFrontend_LengthRemovedByRule(t *testing.T) {
	address := serve(t, Config{
		ChooseBackend: to(backendOf(t, mirror(t))),
		RequestRules: func(s *stream.Stream) stream.Verdict {
			s.Request.Delete("content-length")
			return stream.Continue
		},
		ResponseRules: func(s *stream.Stream) stream.Verdict {
			s.Response.Set("content-length", []byte("1"))
			return stream.Continue
		},
	})
	c := dial(t, address)
	c.send("POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc")
	if _, body := c.response("POST"); body != "POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\nabc" {
		t.Errorf("the server saw %q", body)
	}
}

// A body beside a wish to upgrade stays a body.
func TestFrontend_UpgradeWithBody(t *testing.T) {
	c := dial(t, serve(t, Config{ChooseBackend: to(backendOf(t, mirror(t)))}))
	c.send("POST / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: echo\r\nContent-Length: 3\r\n\r\nabc")
	want := "POST / HTTP/1.1\r\nhost: a\r\nupgrade: echo\r\ncontent-length: 3\r\n\r\nabc"
	if _, body := c.response("POST"); body != want {
		t.Errorf("the server saw %q, want %q", body, want)
	}
}

func TestFrontend_Tunnels(t *testing.T) {
	tests := []struct{ name, request, accept, want string }{
		{"upgrade", "GET / HTTP/1.1\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\n",
			"HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\n",
			"HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\n"},
		{"CONNECT", "CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := backendOf(t, origin(t, func(c net.Conn) {
				r := bufio.NewReader(c)
				if _, err := readHead(r); err == nil {
					io.WriteString(c, tt.accept)
					io.Copy(c, r)
				}
			}))
			c := dial(t, serve(t, Config{ChooseBackend: to(b)}))
			c.send(tt.request + "early")
			c.send(" and late")
			c.Conn.(*net.TCPConn).CloseWrite()
			if got := c.rest(); got != tt.want+"early and late" {
				t.Errorf("got %q", got)
			}
		})
	}
}

func TestFrontend_TCP(t *testing.T) {
	b := tcpBackendOf(t, origin(t, func(c net.Conn) {
		text, _ := io.ReadAll(c)
		io.WriteString(c, strings.ToUpper(string(text)))
	}))
	record := make(chan stream.Record, 1)
	c := dial(t, serve(t, Config{Proxy: tcpMode(), ChooseBackend: to(b), Log: func(s *stream.Stream) { record <- s.Record }}))
	c.send("half-closed")
	c.Conn.(*net.TCPConn).CloseWrite()
	if got := c.rest(); got != "HALF-CLOSED" {
		t.Errorf("got %q", got)
	}
	r := <-record
	if r.Termination.String() != "--" || r.BytesIn != 11 || r.BytesOut != 11 {
		t.Errorf("record %+v", r)
	}
}

func TestFrontend_TCP_Errors(t *testing.T) {
	hang := func() *server.Backend {
		return tcpBackendOf(t, origin(t, func(c net.Conn) { io.Copy(io.Discard, c) }))
	}
	reset := tcpBackendOf(t, origin(t, func(c net.Conn) {
		c.(*net.TCPConn).SetLinger(0)
		c.Read(make([]byte, 1))
	}))
	slow := hang()
	slow.Timeouts.Server = 20_000_000
	tests := []struct {
		name   string
		config Config
		ended  string
	}{
		{"denied", Config{ContentRules: func(*stream.Stream) stream.Verdict { return stream.Deny }}, "PR"},
		{"failed", Config{ContentRules: func(*stream.Stream) stream.Verdict { return stream.Failed }}, "IR"},
		{"no backend", Config{}, "SC"},
		{"client timeout", Config{ChooseBackend: to(hang()), Timeouts: Timeouts{Client: 20_000_000}}, "cD"},
		{"server timeout", Config{ChooseBackend: to(slow), Timeouts: Timeouts{Fin: 20_000_000}}, "sD"},
		{"server resets", Config{ChooseBackend: to(reset)}, "SD"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			ended := make(chan string, 1)
			tt.config.Proxy = tcpMode()
			tt.config.Log = func(s *stream.Stream) { ended <- s.Record.Termination.String() }
			c := dial(t, serve(t, tt.config))
			c.send("x")
			if got := <-ended; got != tt.ended {
				t.Errorf("termination %s, want %s", got, tt.ended)
			}
		})
	}
}
