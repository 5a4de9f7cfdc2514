package httpclient

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// serve starts a server that counts its connections.
func serve(t *testing.T, handler http.HandlerFunc) (url string, connections *atomic.Int64) {
	t.Helper()
	connections = new(atomic.Int64)
	s := httptest.NewUnstartedServer(handler)
	s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			connections.Add(1)
		}
	}
	s.Start()
	t.Cleanup(s.Close)
	return s.URL, connections
}

func newClient(t *testing.T, c Config) *Client {
	client := New(c)
	t.Cleanup(client.Close)
	return client
}

func TestClient_Do(t *testing.T) {
	url, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.Header()["X-Twice"] = []string{"1", "2"}
		w.WriteHeader(201)
		fmt.Fprintf(w, "%s %s %s %s %s", r.Method, r.RequestURI, r.Host, r.Header["X-A"], body)
	})
	host := strings.TrimPrefix(url, "http://")
	large := strings.Repeat("x", 300_000)
	for _, test := range []struct {
		name    string
		request Request
		want    string
	}{
		{"get", Request{Method: "GET", URL: url + "/a?b=c"}, "GET /a?b=c " + host + " [] "},
		{"no path", Request{Method: "GET", URL: url}, "GET / " + host + " [] "},
		{"headers", Request{Method: "PUT", URL: url + "/", Headers: []Field{{"X-A", "1"}, {"x-a", "2"}, {"host", "h"}}}, "PUT / h [1 2] "},
		{"body", Request{Method: "POST", URL: url + "/", Body: []byte("hello")}, "POST / " + host + " [] hello"},
		{"body of a length", Request{Method: "POST", URL: url + "/", Headers: []Field{{"content-length", "2"}}, Body: []byte("hi")},
			"POST / " + host + " [] hi"},
		{"large body", Request{Method: "POST", URL: url + "/", Body: []byte(large)}, "POST / " + host + " [] " + large},
		{"head", Request{Method: "HEAD", URL: url + "/"}, ""},
		{"elsewhere", Request{Method: "GET", URL: "http://a.example/x", Network: "tcp", Address: host}, "GET /x a.example [] "},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := newClient(t, Config{}).Do(t.Context(), test.request)
			if err != nil || got.Status != 201 || string(got.Body) != test.want {
				t.Fatalf("Do() = %d %.100q, %v; want 201 %.100q", got.Status, got.Body, err, test.want)
			}
			if i := got.Head.Find("x-twice", -1); i < 0 || got.Head.Find("x-twice", i) < 0 {
				t.Error("a repeated header is not there twice")
			}
		})
	}
}

func TestClient_Do_Errors(t *testing.T) {
	url, _ := serve(t, func(w http.ResponseWriter, r *http.Request) { w.Write(bytes.Repeat([]byte("x"), 2000)) })
	for _, test := range []struct {
		name    string
		request Request
		want    error
	}{
		{"no scheme", Request{Method: "GET", URL: "a.example/"}, ErrURL},
		{"other scheme", Request{Method: "GET", URL: "ftp://a.example/"}, ErrURL},
		{"no host", Request{Method: "GET", URL: "http:///x"}, ErrURL},
		{"no port", Request{Method: "GET", URL: "http://a.example:/x"}, ErrURL},
		{"wild port", Request{Method: "GET", URL: "http://a.example:65536/x"}, ErrURL},
		{"bare address of IPv6", Request{Method: "GET", URL: "http://::1/"}, ErrURL},
		{"line end in the URL", Request{Method: "GET", URL: url + "/ HTTP/1.1\r\nx: y"}, ErrURL},
		{"line end in a header", Request{Method: "GET", URL: url, Headers: []Field{{"a", "b\r\nc: d"}}}, ErrHeader},
		{"header's name", Request{Method: "GET", URL: url, Headers: []Field{{"a b", "c"}}}, ErrHeader},
		{"large response", Request{Method: "GET", URL: url}, ErrTooLarge},
	} {
		t.Run(test.name, func(t *testing.T) {
			if _, err := newClient(t, Config{MaxBody: 1000}).Do(t.Context(), test.request); !errors.Is(err, test.want) {
				t.Errorf("Do() = %v, want %v", err, test.want)
			}
		})
	}
}

// What servers do wrong is a response of the client's own, after the tries that HAProxy makes.
func TestClient_Do_failures(t *testing.T) {
	for _, test := range []struct {
		name   string
		answer string
		status int
		tries  int64
		log    string
	}{
		{"closes", "", 502, 4, " SH-- 0/0/0/0/3 "},
		{"no HTTP", "nonsense\r\n\r\n", 502, 1, " PH-- 0/0/0/0/0 "},
		{"cut short", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhell", 200, 1, " SD-- 0/0/0/0/0 "},
	} {
		t.Run(test.name, func(t *testing.T) {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			var tries int64
			served := make(chan struct{})
			go func() {
				defer close(served)
				for {
					c, err := l.Accept()
					if err != nil {
						return
					}
					tries++
					c.Read(make([]byte, 1000))
					io.WriteString(c, test.answer)
					c.Close()
				}
			}()
			var line string
			got, err := newClient(t, Config{Log: func(l []byte) { line = string(l) }}).Do(t.Context(), Request{Method: "GET", URL: "http://" + l.Addr().String()})
			l.Close()
			<-served
			if err != nil || got.Status != test.status || tries != test.tries || !strings.Contains(line, test.log) {
				t.Errorf("Do() = %d, %v after %d tries, want %d after %d; log %q, want %q", got.Status, err, tries, test.status, test.tries, line, test.log)
			}
		})
	}
}

func TestClient_Do_reuse(t *testing.T) {
	url, connections := serve(t, func(w http.ResponseWriter, r *http.Request) { io.Copy(w, r.Body) })
	client := newClient(t, Config{})
	for i := range 5 {
		want := fmt.Sprint(i)
		got, err := client.Do(t.Context(), Request{Method: "POST", URL: url, Body: []byte(want)})
		if err != nil || string(got.Body) != want {
			t.Fatalf("Do() = %q, %v", got.Body, err)
		}
	}
	if n := connections.Load(); n != 1 {
		t.Errorf("%d connections for 5 requests one after the other, want 1", n)
	}
}

// A request ends at once with its context, whatever it waits for.
func TestClient_Do_cancelled(t *testing.T) {
	arrived, leave := make(chan struct{}), make(chan struct{})
	url, _ := serve(t, func(http.ResponseWriter, *http.Request) { close(arrived); <-leave })
	defer close(leave)
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-arrived; cancel() }()
	if _, err := newClient(t, Config{}).Do(ctx, Request{Method: "GET", URL: url}); !errors.Is(err, context.Canceled) {
		t.Errorf("Do() = %v, want %v", err, context.Canceled)
	}
}

func BenchmarkClient_Do(b *testing.B) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "hello") }))
	defer s.Close()
	client := New(Config{})
	defer client.Close()
	for b.Loop() {
		if _, err := client.Do(context.Background(), Request{Method: "GET", URL: s.URL}); err != nil {
			b.Fatal(err)
		}
	}
}
