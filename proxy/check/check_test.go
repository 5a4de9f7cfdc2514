package check

import (
	"context"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"tidelock/proxy/server"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// answering returns what connects to a server that reads once and answers; an empty answer closes.
func answering(t *testing.T, greeting, answer string) Dial {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			io.WriteString(c, greeting)
			c.SetReadDeadline(time.Now().Add(200 * time.Millisecond))
			c.Read(make([]byte, 1024))
			io.WriteString(c, answer)
			c.(*net.TCPConn).CloseWrite()
			io.Copy(io.Discard, c)
			c.Close()
		}
	}()
	t.Cleanup(func() { l.Close(); <-done })
	return func(ctx context.Context, _ *server.Server) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "tcp", l.Addr().String())
	}
}

func bytesOf(text string) func(*server.Server) []byte {
	return func(*server.Server) []byte { return []byte(text) }
}

var tcpOutcome = Outcome{server.Layer7OK, server.Layer7Response, server.Layer7Timeout}

func text(pattern string) *Expect {
	return &Expect{Matches: Contains(pattern), What: "string '" + pattern + "'", Content: pattern, MinReceive: -1, Outcome: tcpOutcome}
}

// The texts are those of HAProxy 2.6.12 for the same servers.
func TestSequence_TCP(t *testing.T) {
	not := text("220")
	not.Negated = true
	tests := []struct {
		name             string
		greeting, answer string
		steps            []Step
		status           server.CheckStatus
		info             string
	}{
		{"no steps", "", "", nil, server.Layer4OK, ""},
		{"a connection", "", "", []Step{&ConnectStep{}}, server.Layer4OK, "(tcp-check)"},
		{"a greeting", "220 hello\r\n", "", []Step{text("220")}, server.Layer7OK, "(tcp-check)"},
		{"an answer", "220 hello\r\n", "250 ok\r\n", []Step{text("220"), &SendStep{Data: bytesOf("EHLO\r\n")}, text("250")}, server.Layer7OK, "(tcp-check)"},
		{"nothing", "", "", []Step{text("220")}, server.Layer7Response, "TCPCHK got an empty response at step 1"},
		{"something else", "500\r\n", "", []Step{Comment("hi"), text("220")}, server.Layer7Response, "TCPCHK did not match content '220' at step 2 comment: hi"},
		{"what is not wanted", "220\r\n", "", []Step{not}, server.Layer7Response, "TCPCHK matched unwanted content '220' at step 1"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
			defer cancel()
			q := &Sequence{Success: "(tcp-check)", Steps: tt.steps, Dial: answering(t, tt.greeting, tt.answer)}
			got := q.Probe(ctx, nil)
			if got.Status != tt.status || got.Info != tt.info {
				t.Errorf("got %s %q, want %s %q", got.Status, got.Info, tt.status, tt.info)
			}
		})
	}
}

func TestSequence_Timeout(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	q := &Sequence{Steps: []Step{text("999")}, Dial: answering(t, "220 hello\r\n", "")}
	got := q.Probe(ctx, nil)
	if want := " at step 1 of tcp-check (expect string '999')"; got.Status != server.Layer7Timeout || got.Info != want {
		t.Errorf("got %s %q, want %q", got.Status, got.Info, want)
	}
}

func TestSequence_HTTP(t *testing.T) {
	ok := func(status int, _ func(func(string, string) bool)) bool { return status/100 == 2 }
	outcome := Outcome{server.Layer7OK, server.Layer7Status, server.Layer7Timeout}
	tests := []struct {
		name   string
		answer string
		expect *ExpectHTTP
		status server.CheckStatus
		code   int
		info   string
	}{
		{"ok", "HTTP/1.1 200 OK\r\n\r\n", &ExpectHTTP{Head: ok}, server.Layer7OK, 200, ""},
		{"wrong status", "HTTP/1.0 500 Oops\r\n\r\n", &ExpectHTTP{Head: ok}, server.Layer7Status, 500, "Oops"},
		{"no HTTP", "BLAH\r\n", &ExpectHTTP{Head: ok}, server.Layer7Response, 0, ""},
		{"cut short", "HTTP/1.1 200 OK\r\nconte", &ExpectHTTP{Head: ok}, server.Layer7Response, 0, ""},
		{"gone", "HTTP/1.1 404 Not Found\r\n\r\n", &ExpectHTTP{Head: ok, DisableOn404: true}, server.Layer7Conditional, 404, ""},
		{"body", "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello", &ExpectHTTP{Body: Contains("ell")}, server.Layer7OK, 200, ""},
		{"chunked body", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n", &ExpectHTTP{Body: Contains("ell")}, server.Layer7OK, 200, ""},
		{"another body", "HTTP/1.1 200 OK\r\n\r\nbye", &ExpectHTTP{Body: Contains("ell"), Comment: "x"}, server.Layer7Response, 0, "HTTP content check did not match comment: x"},
		{"a body that is not wanted", "HTTP/1.1 200 OK\r\n\r\nhello", &ExpectHTTP{Body: Contains("ell"), Negated: true}, server.Layer7Response, 0, "HTTP check matched unwanted content"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
			defer cancel()
			tt.expect.Outcome = outcome
			request := &SendStep{Data: Request("GET", "/", "HTTP/1.0", nil, "", nil)}
			q := &Sequence{HTTP: true, Steps: []Step{request, tt.expect}, Dial: answering(t, "", tt.answer)}
			got := q.Probe(ctx, nil)
			if got.Status != tt.status || got.Code != tt.code || got.Info != tt.info {
				t.Errorf("got %s %d %q, want %s %d %q", got.Status, got.Code, got.Info, tt.status, tt.code, tt.info)
			}
		})
	}
}

func TestRequest(t *testing.T) {
	got := string(Request("POST", "/u", "HTTP/1.1", [][2]string{{"Host", "h"}, {"X-b", "a b"}}, "xyz", nil)(nil))
	want := "POST /u HTTP/1.1\r\nhost: h\r\nx-b: a b\r\ncontent-length: 3\r\nconnection: close\r\n\r\nxyz"
	if got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func FuzzResponse(f *testing.F) {
	for _, seed := range []string{"HTTP/1.1 200 OK\r\na: b\r\n\r\n", "HTTP/1.0 1\n\n", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nffffffff\r\n"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var h response
		if ok, _ := h.read(b); ok {
			unchunk(b[h.body:])
			h.each(func(name, value string) bool { return !strings.Contains(name, "x") })
		}
	})
}
