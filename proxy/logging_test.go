package proxy

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"tidelock/proxy/config"
)

// fickle is a server that fails in the way that the request's path asks for. It sends on reached when a request for /wait
// has come, to which it never answers.
func fickle(t *testing.T) (address string, reached chan struct{}) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	reached = make(chan struct{})
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go serveFickle(c, reached)
		}
	}()
	return l.Addr().String(), reached
}

func serveFickle(c net.Conn, reached chan struct{}) {
	defer c.Close()
	in := bufio.NewReader(c)
	line, _ := in.ReadString('\n')
	for text := line; strings.TrimSpace(text) != ""; text, _ = in.ReadString('\n') {
	}
	_, path, _ := strings.Cut(line, " ")
	path, _, _ = strings.Cut(path, " ")
	switch path {
	case "/early":
	case "/nonsense":
		io.WriteString(c, "NONSENSE\r\n\r\n")
	case "/part":
		io.WriteString(c, "HTTP/1.1 200 OK\r\ncontent-length: 20\r\n\r\nok")
	case "/slow":
		io.Copy(io.Discard, in)
	case "/wait":
		reached <- struct{}{}
		io.Copy(io.Discard, in)
	default:
		io.WriteString(c, "HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok")
	}
}

// httpLine takes a line of option httplog apart: what depends on the moment and the machine is left out.
var (
	httpLine = regexp.MustCompile(`^\S+ \[[^]]+\] (\S+ \S+) (\S+) (\S+) \d+ - - (\S+) \S+ \S+ (".*")$`)
	passed   = regexp.MustCompile(`(^|/)\d+`)
)

// TestProxy_HTTPLog compares with the lines that HAProxy 2.6.12 logs for the same exchanges, without the numbers of
// bytes: HAProxy's are those of its own form of a message.
func TestProxy_HTTPLog(t *testing.T) {
	syslog, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer syslog.Close()
	server, reached := fickle(t)
	r := start(t, fmt.Sprintf(`
global
    log %s format raw local0 info
    lua-load any.lua
defaults
    mode http
    log global
    option httplog
    timeout client 1m
    timeout connect 1m
    timeout server 1m
    retries 0
frontend h
    bind 192.0.2.1:80
    http-request return status 200 content-type text/plain string hi if { path /return }
    http-request deny if { path /deny }
    http-request redirect location /x if { path /redirect }
    http-request use-service lua.served if { path /service }
    use_backend none if { path /none }
    use_backend refused if { path /refused }
    use_backend slow if { path /slow }
    default_backend o
frontend impatient
    bind 192.0.2.1:81
    timeout http-request 10ms
    default_backend o
backend o
    server s %s
backend none
backend refused
    server r unix@%s
backend slow
    timeout server 10ms
    server sl %s
`, syslog.LocalAddr(), server, filepath.Join(t.TempDir(), "nobody"), server),
		Options{LoadScripts: func(context.Context, config.Scripts, ScriptHost) (Scripts, error) { return &fakeScripts{}, nil }})

	const www, impatient = "192.0.2.1:80", "192.0.2.1:81"
	get := func(path string) string { return "GET " + path + " HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n" }
	tests := []struct {
		name, address, request string
		want                   string
	}{
		{"server", www, get("/a?b=c"), `h o/s 0/0/0/0/0 200 ---- "GET /a?b=c HTTP/1.1"`},
		{"return", www, get("/return"), `h h/<NOSRV> 0/-1/-1/-1/0 200 LR-- "GET /return HTTP/1.1"`},
		{"deny", www, get("/deny"), `h h/<NOSRV> 0/-1/-1/-1/0 403 PR-- "GET /deny HTTP/1.1"`},
		{"redirect", www, get("/redirect"), `h h/<NOSRV> 0/-1/-1/-1/0 302 LR-- "GET /redirect HTTP/1.1"`},
		{"service", www, get("/service"), `h h/<lua.served> 0/0/0/0/0 200 LR-- "GET /service HTTP/1.1"`},
		{"no server", www, get("/none"), `h none/<NOSRV> 0/-1/-1/-1/0 503 SC-- "GET /none HTTP/1.1"`},
		{"refused", www, get("/refused"), `h refused/r 0/0/-1/-1/0 503 SC-- "GET /refused HTTP/1.1"`},
		{"server timeout", www, get("/slow"), `h slow/sl 0/0/0/-1/0 504 sH-- "GET /slow HTTP/1.1"`},
		{"server closes", www, get("/early"), `h o/s 0/0/0/-1/0 502 SH-- "GET /early HTTP/1.1"`},
		{"nonsense", www, get("/nonsense"), `h o/s 0/0/0/-1/0 502 PH-- "GET /nonsense HTTP/1.1"`},
		{"truncated", www, get("/part"), `h o/s 0/0/0/0/0 200 SD-- "GET /part HTTP/1.1"`},
		{"bad request", www, "NONSENSE\r\n\r\n", `h h/<NOSRV> -1/-1/-1/-1/0 400 PR-- "<BADREQ>"`},
		{"nothing comes", impatient, "", `impatient impatient/<NOSRV> -1/-1/-1/-1/0 408 cR-- "<BADREQ>"`},
		{"half a request", impatient, "GET /", `impatient impatient/<NOSRV> -1/-1/-1/-1/0 408 cR-- "<BADREQ>"`},
		{"client gone", www, "POST /wait HTTP/1.1\r\nhost: a\r\ncontent-length: 3\r\n\r\na",
			`h o/s 0/0/0/-1/0 -1 CD-- "POST /wait HTTP/1.1"`},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			c, err := net.Dial("tcp", r.addresses[tc.address])
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			io.WriteString(c, tc.request)
			if strings.Contains(tc.request, "/wait") {
				<-reached
			} else {
				io.Copy(io.Discard, c)
			}
			c.Close()
			packet := make([]byte, 1024)
			n, _, err := syslog.ReadFrom(packet)
			if err != nil {
				t.Fatal(err)
			}
			parts := httpLine.FindStringSubmatch(strings.TrimSpace(string(packet[:n])))
			if parts == nil {
				t.Fatalf("line %q", packet[:n])
			}
			got := strings.Join([]string{parts[1], passed.ReplaceAllString(parts[2], "${1}0"), parts[3], parts[4], parts[5]}, " ")
			if got != tc.want {
				t.Errorf("got  %s\nwant %s", got, tc.want)
			}
		})
	}
}
