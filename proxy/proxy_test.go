package proxy

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestProxy_HTTP(t *testing.T) {
	page := filepath.Join(t.TempDir(), "503")
	if err := os.WriteFile(page, []byte("HTTP/1.0 503 Sorry\r\nContent-Type: text/plain\r\nContent-Length: 9\r\n\r\nback soon"), 0o600); err != nil {
		t.Fatal(err)
	}
	r := start(t, fmt.Sprintf(`
defaults base
    mode http
    timeout client 10s
    timeout connect 5s
    timeout server 10s
    acl internal path_beg /internal
    http-request deny if internal

frontend www from base
    bind 192.0.2.1:80
    monitor-uri /health
    acl api path_beg /api
    http-request set-header x-test "%%[path] %%HM" if api
    http-request return status 200 content-type text/plain string hello if { path /hello }
    http-after-response set-header x-after front
    use_backend %%[path,field(2,/)] if { path_beg /by-name/ /images/ }
    use_backend api if api
    use_backend none if { path /none }
    default_backend images

backend api from base
    option forwardfor
    http-request set-path /inner%%[path]
    http-response set-header x-backend api
    http-after-response set-header x-after-backend api
    server a %s

backend images from base
    option forwardfor header X-Test except 127.0.0.0/8
    server b %s weight 0
    server c %s
    server d 192.0.2.7:1 backup

backend none from base
    errorfile 503 %s

listen own from base
    bind 192.0.2.1:81
    server a %s
`, origin(t, "api"), origin(t, "never"), origin(t, "images"), page, origin(t, "own")), Options{})

	tests := []struct {
		name, address, path string
		headers             []string
		status              int
		body                string
		header              http.Header
	}{
		{"default backend", "192.0.2.1:80", "/x", nil, 200, "images /x", http.Header{"X-After": {"front"}}},
		{"rules of frontend and backend", "192.0.2.1:80", "/api/y", nil, 200, "api /inner/api/y X-Forwarded-For=127.0.0.1 X-Test=/api/y GET",
			http.Header{"X-Backend": {"api"}, "X-After": {"front"}, "X-After-Backend": {"api"}}},
		{"forwardfor adds", "192.0.2.1:80", "/api/y", []string{"X-Forwarded-For", "1.2.3.4"}, 200,
			"api /inner/api/y X-Forwarded-For=1.2.3.4 X-Forwarded-For=127.0.0.1 X-Test=/api/y GET", nil},
		{"backend by name", "192.0.2.1:80", "/images/z", nil, 200, "images /images/z", nil},
		{"backend by a name that none has", "192.0.2.1:80", "/by-name/z", nil, 200, "images /by-name/z", nil},
		{"answered by a rule", "192.0.2.1:80", "/hello", nil, 200, "hello", http.Header{"X-After": {"front"}}},
		{"rule and ACL of the defaults", "192.0.2.1:80", "/internal/x", nil, 403, "", nil},
		{"monitor", "192.0.2.1:80", "/health", nil, 200, "<html><body><h1>200 OK</h1>\nService ready.\n</body></html>\n", nil},
		{"no server, errorfile", "192.0.2.1:80", "/none", nil, 503, "back soon", http.Header{"Content-Type": {"text/plain"}}},
		{"listen", "192.0.2.1:81", "/q", nil, 200, "own /q", nil},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			status, header, body := r.get(tc.address, tc.path, tc.headers...)
			if status != tc.status || tc.body != "" && body != tc.body {
				t.Errorf("got %d %q, want %d %q", status, body, tc.status, tc.body)
			}
			for name, want := range tc.header {
				if diff := cmp.Diff(want, header.Values(name)); diff != "" {
					t.Errorf("%s: %s", name, diff)
				}
			}
		})
	}
}

// Either option closes a server's connection after one exchange; without them it is kept.
func TestProxy_ServerClose(t *testing.T) {
	for option, want := range map[string]string{"http-keep-alive": "", "http-server-close": "close", "httpclose": "close"} {
		t.Run(option, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.Close {
					io.WriteString(w, "close")
				}
			}))
			t.Cleanup(server.Close)
			p := start(t, `
listen web
  mode http
  option `+option+`
  bind 10.0.0.1:80
  server a `+server.Listener.Addr().String()+`
`, Options{})
			if _, _, body := p.get("10.0.0.1:80", "/"); body != want {
				t.Errorf("the server was told %q, want %q", body, want)
			}
		})
	}
}

func TestProxy_TCP(t *testing.T) {
	socket := filepath.Join(t.TempDir(), "in")
	r := start(t, fmt.Sprintf(`
defaults
    timeout client 10s
    timeout connect 5s
    timeout server 10s
frontend in
    bind unix@%s mode 600
    bind 192.0.2.1:82-83
    tcp-request content reject if { dst_port 1 }
    default_backend echo
backend echo
    server e unix@%s
`, socket, echo(t)), Options{})
	info, err := os.Stat(socket)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("socket: %v, %v", info, err)
	}
	if n := len(r.Listeners()); n != 3 {
		t.Errorf("%d listeners: %v", n, r.Listeners())
	}
	for _, dial := range [][2]string{{"unix", socket}, {"tcp", r.addresses["192.0.2.1:83"]}} {
		c, err := net.Dial(dial[0], dial[1])
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintln(c, "hello")
		if line, err := bufio.NewReader(c).ReadString('\n'); line != "hello\n" {
			t.Errorf("%v: got %q, %v", dial, line, err)
		}
		c.Close()
	}
}

func TestProxy_Log(t *testing.T) {
	syslog, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer syslog.Close()
	r := start(t, fmt.Sprintf(`
global
    log %s format short local0 info
frontend www
    mode http
    log global
    timeout client 10s
    bind 192.0.2.1:80
    monitor-uri /health
    log-format "%%f %%b %%s %%ST %%ts %%fc %%{+Q}r %%[var(txn.nope)]"
    http-request return status 200 if { path /ok }
`, syslog.LocalAddr()), Options{})
	// On one connection, so that there is exactly one to count.
	c, err := net.Dial("tcp", r.addresses["192.0.2.1:80"])
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	responses := bufio.NewReader(c)
	for _, path := range []string{"/health", "/ok", "/nobody"} {
		fmt.Fprintf(c, "GET %s HTTP/1.1\r\nHost: a\r\n\r\n", path)
		response, err := http.ReadResponse(responses, nil)
		if err != nil {
			t.Fatal(err)
		}
		io.Copy(io.Discard, response.Body)
	}
	var got []string
	packet := make([]byte, 1024)
	for range 2 {
		n, _, err := syslog.ReadFrom(packet)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, lines(packet[:n])...)
	}
	want := []string{
		`<6>www www <NOSRV> 200 LR 1 "GET /ok HTTP/1.1" -`,
		`<6>www www <NOSRV> 503 SC 1 "GET /nobody HTTP/1.1" -`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestProxy_Start_Errors(t *testing.T) {
	r := build(t, `
frontend www
    mode http
    timeout client 10s
    bind 192.0.2.1:80
    bind unix@/nonexistent/a
    bind unix@/nonexistent/b
`, Options{})
	if r.Proxy == nil {
		t.Fatal(r.diags.Err())
	}
	err := r.Start(t.Context())
	const want = "Binding [test.cfg:6] for frontend www: cannot bind UNIX socket (No such file or directory) [/nonexistent/a]\n" +
		"Binding [test.cfg:7] for frontend www: cannot bind UNIX socket (No such file or directory) [/nonexistent/b]"
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	if _, err := net.Dial("tcp", r.addresses["192.0.2.1:80"]); err == nil {
		t.Error("a listener stayed open")
	}
	if err := r.Stop(t.Context()); err != nil {
		t.Error(err)
	}
}

// TestProxy_Stop checks that a stop waits for an exchange, and cuts it when it is told not to wait longer.
func TestProxy_Stop(t *testing.T) {
	entered := make(chan struct{})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		c, err := l.Accept()
		if err != nil {
			return
		}
		bufio.NewReader(c).ReadString('\n')
		close(entered)
		c.Read(make([]byte, 1)) // until it is cut
		c.Close()
	}()
	r := build(t, fmt.Sprintf(`
listen www
    mode http
    timeout client 1m
    timeout connect 1m
    timeout server 1m
    bind 192.0.2.1:80
    server s %s
`, l.Addr()), Options{})
	if r.Proxy == nil {
		t.Fatal(r.diags.Err())
	}
	if err := r.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	c, err := net.Dial("tcp", r.addresses["192.0.2.1:80"])
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	fmt.Fprint(c, "GET / HTTP/1.1\r\nHost: a\r\n\r\n")
	<-entered
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := r.Stop(ctx); err != context.Canceled {
		t.Errorf("got %v, want that it had to cut", err)
	}
}

func TestBuild_Errors(t *testing.T) {
	const head = "listen x\n    mode http\n    timeout client 1s\n    bind 192.0.2.1:80\n    "
	tests := []struct {
		name, line string
		column     int
		want       string
	}{
		{"unknown fetch", "http-request set-header a %[nope]", 33, "while parsing 'http-request set-header' rule : "},
		{"unknown action", "http-request set-heade a b", 18, "set-header"},
		{"unknown ACL", "http-request deny if nope", 26, "no such ACL : 'nope'"},
		{"unknown ACL in use_backend", "use_backend b if nope", 5, "error detected while parsing switching rule : "},
		{"ACL", "acl a nope x", 11, "error detected while parsing ACL 'a' : "},
		{"log-format", "log-format %nope", 16, "failed to parse log-format : "},
		{"script without a sandbox", "http-request lua.x", 18, "lua.x"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			text := head + tc.line + "\nbackend b\n    mode http\n"
			r := build(t, text, Options{})
			if r.Proxy != nil {
				t.Fatal("no error")
			}
			for _, d := range r.diags.Sorted() {
				if d.Position.Line == 5 && d.Position.Column == tc.column && strings.Contains(d.Reason, tc.want) {
					return
				}
			}
			t.Errorf("missing %d:%d %s in:\n%+v", 5, tc.column, tc.want, r.diags.Sorted())
		})
	}
}
