package frontend

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"tidelock/proxy/counter"
	"tidelock/proxy/server"
	"tidelock/proxy/socket"
	"tidelock/proxy/stream"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience is how long a test waits for what must happen; no test depends on something taking less.
const patience = 20 * time.Second

// serve runs a frontend on a free port until the test ends, and returns its address. It fills in what config leaves out.
func serve(t testing.TB, config Config) string {
	t.Helper()
	_, address := start(t, config)
	return address
}

func start(t testing.TB, config Config) (*Frontend, string) {
	t.Helper()
	if config.Proxy == nil {
		config.Proxy = &stream.Proxy{Name: "test", Mode: stream.ModeHTTP}
	}
	config.Proxy.FrontendCounters = new(counter.Row)
	f := New(config)
	l, err := socket.Listen(t.Context(), socket.Options{Network: "tcp", Address: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	go f.Serve(&Listener{Listener: l, Identity: &stream.Listener{}})
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
		defer cancel()
		f.Shutdown(ctx)
	})
	return f, l.Addr().String()
}

// tcpMode is a proxy that does not look into bytes.
func tcpMode() *stream.Proxy { return &stream.Proxy{Name: "test", Mode: stream.ModeTCP} }

// origin accepts connections until the test ends and has each handled.
func origin(t testing.TB, handle func(net.Conn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var handlers sync.WaitGroup
	var mu sync.Mutex
	var open []net.Conn
	handlers.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			mu.Lock()
			open = append(open, c)
			mu.Unlock()
			handlers.Go(func() {
				defer c.Close()
				handle(c)
			})
		}
	})
	t.Cleanup(func() {
		l.Close()
		mu.Lock()
		for _, c := range open {
			c.Close()
		}
		mu.Unlock()
		handlers.Wait()
	})
	return l.Addr().String()
}

// canned answers each request head with the same bytes, and closes after it where close is set.
func canned(t testing.TB, response string, close bool) string {
	return origin(t, func(c net.Conn) {
		r := bufio.NewReader(c)
		for {
			if _, err := http.ReadRequest(r); err != nil {
				return
			}
			io.WriteString(c, response)
			if close {
				return
			}
		}
	})
}

// mirror answers each request with itself as the body: its head as received, then its body decoded.
func mirror(t testing.TB) string {
	return origin(t, func(c net.Conn) {
		r := bufio.NewReader(c)
		for {
			head, err := readHead(r)
			if err != nil {
				return
			}
			request, err := http.ReadRequest(bufio.NewReader(io.MultiReader(strings.NewReader(head), r)))
			if err != nil {
				return
			}
			body, err := io.ReadAll(request.Body)
			if err != nil {
				return
			}
			answer := head + string(body)
			io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: "+strconv.Itoa(len(answer))+"\r\n\r\n"+answer)
		}
	})
}

// readHead reads up to the empty line.
func readHead(r *bufio.Reader) (string, error) {
	var head strings.Builder
	for {
		line, err := r.ReadString('\n')
		head.WriteString(line)
		if err != nil || line == "\r\n" {
			return head.String(), err
		}
	}
}

// backendOf makes a backend of servers that take equal turns.
func backendOf(t testing.TB, addresses ...string) *server.Backend {
	b := &server.Backend{Proxy: &stream.Proxy{Name: "servers", Mode: stream.ModeHTTP}}
	for i, a := range addresses {
		host, port, _ := net.SplitHostPort(a)
		at := server.Address{Network: "tcp", Host: host}
		at.Port, _ = strconv.Atoi(port)
		identity := stream.Server{Name: a, ID: i + 1, Counters: new(counter.Row)}
		b.Initial = append(b.Initial, server.New(identity, at, server.Settings{Weight: 1, Pool: server.DefaultPool}))
	}
	b.Prepare()
	t.Cleanup(b.Close)
	return b
}

// tcpBackendOf is backendOf for servers of bytes.
func tcpBackendOf(t testing.TB, addresses ...string) *server.Backend {
	b := backendOf(t, addresses...)
	b.Proxy.Mode = stream.ModeTCP
	return b
}

// to is a ChooseBackend that always takes b.
func to(b *server.Backend) func(*stream.Stream) *server.Backend {
	return func(*stream.Stream) *server.Backend { return b }
}

// client is a connection to a frontend, with the reading side that tests need.
type client struct {
	net.Conn
	*bufio.Reader
	t testing.TB
}

func dial(t testing.TB, address string) *client {
	t.Helper()
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	c.SetDeadline(time.Now().Add(patience))
	t.Cleanup(func() { c.Close() })
	return &client{c, bufio.NewReader(c), t}
}

// Read implements io.Reader over what is buffered and then the connection.
func (c *client) Read(p []byte) (int, error) { return c.Reader.Read(p) }

func (c *client) send(text string) {
	c.t.Helper()
	if _, err := io.WriteString(c.Conn, text); err != nil {
		c.t.Fatal(err)
	}
}

// response reads one response to a request of the given method.
func (c *client) response(method string) (*http.Response, string) {
	c.t.Helper()
	r, err := http.ReadResponse(c.Reader, &http.Request{Method: method})
	if err != nil {
		c.t.Fatal(err)
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return r, string(body)
}

// rest reads to the end of the connection.
func (c *client) rest() string {
	c.t.Helper()
	b, err := io.ReadAll(c.Reader)
	if err != nil {
		c.t.Fatal(err)
	}
	return string(b)
}

// ask sends a request and reads what comes until the proxy closes.
func ask(t testing.TB, address, request string) string {
	t.Helper()
	c := dial(t, address)
	c.send(request)
	return c.rest()
}

// hello is a rule that answers everything.
func hello(s *stream.Stream) stream.Verdict {
	s.Response.SetResponse(200, []byte("OK"))
	s.Response.Add("content-length", []byte("5"))
	s.Response.SetBody([]byte("hello"))
	return stream.Reply
}
