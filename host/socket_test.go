package host

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// peer is the server's end of a connection, in the hands of a test.
type peer struct {
	net.Conn
	input *bufio.Reader
}

func (p peer) send(text string) { io.WriteString(p, text) } //nolint:errcheck // the script may have gone

// line waits for a line: how scripts tell the server to go on.
func (p peer) line() string {
	line, _ := p.input.ReadString('\n')
	return line
}

// blocked waits until the script closes.
func (p peer) blocked() { io.Copy(io.Discard, p.input) } //nolint:errcheck // likewise

// serve accepts connections on the loopback interface until the test ends, and returns the address.
func serve(t *testing.T, handle func(peer)) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return serveOn(t, listener, handle)
}

func serveOn(t *testing.T, listener net.Listener, handle func(peer)) string {
	t.Helper()
	var connections sync.WaitGroup
	connections.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			connections.Go(func() {
				defer conn.Close()
				handle(peer{conn, bufio.NewReader(conn)})
			})
		}
	})
	t.Cleanup(func() {
		listener.Close()
		connections.Wait()
	})
	return listener.Addr().String()
}

// lines is what HAProxy 2.6 was asked to read when its results were taken down.
const lines = "one\r\ntw\ro\n\n\rthree\r\r\nlast no end"

func TestSocket_Receive(t *testing.T) {
	const closed = "nil | connection closed."
	tests := []struct {
		name   string
		serve  func(peer)
		script string // calls of r, which shows the results of a receive
		want   []string
	}{
		{"lines", func(c peer) { c.send(lines) }, `r() r("*l") r("*l") r("*l") r("*l") r("*l") r()`,
			[]string{"one", "tw\\ro", "", "\\rthree\\r", "last no end", closed, closed}},
		{"all", func(c peer) { c.send(lines) }, `r("*a") r("*a")`, []string{strings.NewReplacer("\r", `\r`, "\n", `\n`).Replace(lines), closed}},
		{"counts", func(c peer) { c.send(lines) }, `r(5) r("4") r(0) r(1000) r(1)`,
			[]string{`one\r\n`, `tw\ro`, "", `\n\n\rthree\r\r\nlast no end`, closed}},
		{"count_with_prefix", func(c peer) { c.send("abcdef") }, `r(3, "PRE") r(4, "PRE") r(10, "PP") r(3, "PP")`,
			[]string{"PRE", "PREa", "PPbcdef", "PP"}},
		{"prefix", func(c peer) { c.send("one\r\nrest") }, `r("*l", "<") r("*a", "<") r("*a", "<") r(nil, "<") `,
			[]string{"<one", "<rest", "<", "<"}},
		{"table_is_line", func(c peer) { c.send("one\ntwo\n") }, `r({})`, []string{"one"}},
		{"closed_at_once", func(c peer) {}, `r() r("*a") r(3)`, []string{closed, closed, closed}},
		{"late", func(c peer) { c.send("pa"); c.line(); c.send("rt\nmo"); c.line(); c.send("re") },
			`r(2) s:send("go\n") r() r(2) s:send("go\n") r("*a")`, []string{"pa", "rt", "mo", "re"}},
		{"timeout", func(c peer) { c.send("part"); c.blocked() }, `s:settimeout(0.1) r(10, "PX") r(10) r("*l", "PX") r("*a")`,
			[]string{"PXpart", closed, "PX", closed}},
		{"line_after_timeout", func(c peer) { c.send("part"); c.line(); c.send("ial\n"); c.blocked() },
			`s:settimeout(0.05) r() r() s:send("go\n") s:settimeout(60) r()`, []string{closed, closed, "partial"}},
		{"no_wait", func(c peer) { c.blocked() }, `s:settimeout(0) r()`, []string{closed}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := runStandard(t, StandardConfig{}, `
				local s = tcp()
				assert(s:connect("`+serve(t, test.serve)+`") == 1)
				function r(...)
					local results = table.pack(s:receive(...))
					for i = 1, results.n do results[i] = tostring(results[i]):gsub("\r", "\\r"):gsub("\n", "\\n") end
					print(table.concat(results, " | "))
				end
				`+test.script)
			if want := strings.Join(test.want, "\n"); got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

func TestSocket_Send(t *testing.T) {
	address := serve(t, func(c peer) { io.Copy(c, c.input) }) //nolint:errcheck // the script may have gone
	const text = `"hello world\n"`
	tests := []struct{ arguments, want string }{
		{text, "12 hello world\n"},
		{text + ", 3, 5", "3 llo"},
		{text + ", -4", "4 rld\n"},
		{text + ", 0", "12 hello world\n"},
		{text + ", 2, -1", "11 ello world\n"},
		{text + ", nil, 2", "2 he"},
		{`"abc", 3, 2`, "0 "},
		{`"abc", 10, 20`, "0 "},
		{`""`, "0 "},
		{"12", "2 12"},
	}
	for _, test := range tests {
		t.Run(test.arguments, func(t *testing.T) {
			got := runStandard(t, StandardConfig{}, `
				local s = tcp()
				s:connect("`+address+`")
				local n = s:send(`+test.arguments+`)
				print(n .. " " .. s:receive(n))`)
			if got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestSocket_Big(t *testing.T) {
	address := serve(t, func(c peer) { c.send(strings.Repeat("x", 3_000_000)) })
	timedOut := make(chan struct{})
	sink := serve(t, func(c peer) { <-timedOut }) // never reads
	defer close(timedOut)
	got := runStandard(t, StandardConfig{}, `
		local s = tcp()
		s:connect("`+address+`")
		local head, line = s:receive(1000000), s:receive()
		print(#head, #line, s:receive())
		local full = tcp()
		full:connect("`+sink+`")
		full:settimeout(0.1)
		print(full:send(("y"):rep(30000000)))
		full:close()`)
	if want := "1000000\t2000000\tnil\tconnection closed.\n-1"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestSocket_Bounded(t *testing.T) {
	address := serve(t, func(c peer) { c.send(strings.Repeat("x", 30_000)); c.blocked() })
	for _, pattern := range []string{`"*l"`, `"*a"`, `10001`} {
		t.Run(pattern, func(t *testing.T) {
			got := runStandard(t, StandardConfig{MaxRead: 10_000}, `
				local s = tcp()
				s:connect("`+address+`")
				print(pcall(s.receive, s, `+pattern+`))
				s:close()`)
			if want := "false\tscript.lua:4: more than 10000 bytes cannot be read at once"; got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}

func TestSocket_Connect(t *testing.T) {
	address := serve(t, func(c peer) { c.blocked() })
	host, port, _ := net.SplitHostPort(address)
	folder := t.TempDir()
	unix := listenUnix(t, filepath.Join(folder, "socket"))
	abstract := "tidelock-" + filepath.Base(filepath.Dir(folder))
	listenUnix(t, "@"+abstract+strings.Repeat("\x00", abstractName-len(abstract)))
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	refused := free.Addr().String()
	free.Close()

	const cannot = "nil | Can't connect"
	tests := []struct{ name, arguments, want string }{
		{"port_apart", fmt.Sprintf("%q, %s", host, port), "1 | " + address},
		{"port_text", fmt.Sprintf("%q, %q", host, port), "1 | " + address},
		{"port_in_address", fmt.Sprintf("%q", address), "1 | " + address},
		{"prefix", fmt.Sprintf("'ipv4@%s', %s", host, port), "1 | " + address},
		{"wrong_family", fmt.Sprintf("'ipv6@%s', %s", host, port), cannot},
		{"name", fmt.Sprintf("'localhost', %s", port), "1 | " + address},
		{"unix", fmt.Sprintf("%q", unix), "1 | unix"},
		{"unix_prefix", fmt.Sprintf("'unix@%s'", unix), "1 | unix"},
		{"unix_missing", "'/nonexistent/socket'", cannot},
		{"abstract", fmt.Sprintf("'abns@%s'", abstract), "1 | unix"},
		{"refused", fmt.Sprintf("%q", refused), cannot},
		{"port_zero", "'127.0.0.1', 0", cannot},
		{"port_too_large", "'127.0.0.1', 70000", cannot},
		{"empty", "'', 1", cannot},
		{"no_port", "'127.0.0.1'", "error: connect: port missing"},
		{"two_ports", "'127.0.0.1:1', 2", "error: connect: cannot parse destination address '127.0.0.1:1'"},
		{"port_range", "'127.0.0.1:10-20'", "error: connect: cannot parse destination address '127.0.0.1:10-20'"},
		{"port_offset", "'127.0.0.1:+10'", "error: connect: cannot parse destination address '127.0.0.1:+10'"},
		{"spaces", "'a b', 1", "error: connect: cannot parse destination address 'a b'"},
		{"unknown_prefix", "'fd@3'", "error: connect: cannot parse destination address 'fd@3'"},
		{"nothing", "", "error: connect: need at least 2 arguments"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if _, err := net.LookupHost("localhost"); err != nil && test.name == "name" {
				t.Skip(err) // a container without /etc/hosts
			}
			got := runStandard(t, StandardConfig{}, `
				local s = tcp()
				local results = table.pack(pcall(function() return s:connect(`+test.arguments+`) end))
				if not results[1] then
					print("error: " .. results[2]:gsub("^script.lua:3: ", ""))
				elseif results[2] then
					print(results[2] .. " | " .. s:getpeername())
				else
					print(tostring(results[2]) .. " | " .. tostring(results[3]))
				end
				s:close()`)
			if got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func listenUnix(t *testing.T, path string) string {
	t.Helper()
	listener, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	return serveOn(t, listener, func(c peer) { c.blocked() })
}

func TestSocket_State(t *testing.T) {
	address := serve(t, func(c peer) { c.blocked() })
	connected := `local s = tcp() s:connect("` + address + `") `
	tests := []struct{ name, script, want string }{
		{"class", `local s = tcp() print(type(s), s, type(s[0]))`, "table\tHAProxy class Socket\tuserdata"},
		{"unconnected", `local s = tcp() print(s:getpeername(), s:getsockname(), s:send("x"), s:receive())`, "nil\tnil\t-1\tnil\tconnection closed."},
		{"settimeout", `local s = tcp() print(s:settimeout(0.5), s:settimeout("1"), s:settimeout(0))`, "1\t1\t1"},
		{"close", connected + `s:close() print(select("#", s:close()))`, "0"},
		{"closed", connected + `s:close() print(s:receive()) print(s:send("x"), s:getpeername(), s:connect("127.0.0.1", 1))`, "nil\tconnection closed.\n-1\tnil\tnil"},
		{"reconnect", connected + `print(s:connect("` + address + `"), s:send("x"))`, "1\t1"},
		{"setoption", connected + `print(select("#", s:setoption("tcp-nodelay", true)))`, "0"},
		{"name", connected + `print((s:getsockname():gsub(":%d+$", "")))`, "127.0.0.1"},
		{"collected", `for i = 1, 50 do tcp() end collectgarbage() print(type(tcp()))`, "table"},
		{"not_secure", `local s = tcp() s:settimeout(0.2) print(s:connect_ssl("` + address + `"))`, "nil\tCan't connect"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := runStandard(t, StandardConfig{MaxSockets: 50}, test.script); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// TestSocket_Secure connects to a server whose certificate nobody has signed.
func TestSocket_Secure(t *testing.T) {
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "host %s, name %s", r.Host, r.TLS.ServerName)
	}))
	server.StartTLS()
	defer server.Close()
	got := runStandard(t, StandardConfig{}, `
		local s = tcp()
		print(s:connect_ssl("`+server.Listener.Addr().String()+`", nil, "name.example"))
		s:send("GET / HTTP/1.0\r\nHost: h\r\n\r\n")
		print(s:receive(), (s:receive("*a"):gsub(".*\r\n\r\n", "")))`)
	if want := "1\nHTTP/1.0 200 OK\thost h, name name.example"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestSocket_Dial refuses a destination: how an embedder limits where scripts connect to.
func TestSocket_Dial(t *testing.T) {
	config := StandardConfig{Dial: func(_ context.Context, network, address string) (net.Conn, error) {
		return nil, fmt.Errorf("%s %s is not granted", network, address)
	}}
	if got := runStandard(t, config, `print(tcp():connect("host.example", 80))`); got != "nil\tCan't connect" {
		t.Error(got)
	}
}

func TestSocket_Errors(t *testing.T) {
	address := serve(t, func(c peer) { c.blocked() })
	tests := []struct{ name, script, want string }{
		{"pattern", `s:receive("l")`, "Unsupported pattern."},
		{"size", `s:receive(-1)`, "Unsupported size."},
		{"too_many", `s:receive("*l", "a", "b")`, "The 'receive' function requires between 1 and 3 arguments."},
		{"send_nothing", `s:send(nil)`, "bad argument #1 to 'send' (string expected, got nil)"},
		{"timeout_negative", `s:settimeout(-1)`, "settimeout: cannot set negatives values"},
		{"timeout_large", `s:settimeout(1e10)`, "settimeout: cannot set values larger than 2147483647 ms"},
		{"timeout_mode", `s:settimeout(1, "t")`, "'settimeout' needs 2 arguments"},
		{"timeout_nothing", `s:settimeout(nil)`, "bad argument #1 to 'settimeout' (number expected, got nil)"},
		{"timeout_closed", `s:close() s:settimeout(1)`, "socket: not yet initialised, you can't set timeouts."},
		{"too_many_sockets", `tcp()`, "an execution cannot hold more than 1 sockets; close those that are no longer needed"},
		{"no_object", `s.receive({})`, "not an object of this class (use ':' to call a method)"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, _, err := newStandardImage(t, StandardConfig{MaxSockets: 1}, `
				local s = tcp() s:connect("`+address+`") `+test.script)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
}

// TestSocket_Kept uses a socket that another execution has opened, and left open.
func TestSocket_Kept(t *testing.T) {
	ended := make(chan struct{})
	address := serve(t, func(c peer) { c.blocked(); close(ended) })
	image, _, err := newStandardImage(t, StandardConfig{}, `
		action("open", function() kept = tcp() return kept:connect("`+address+`") end)
		action("use", function() local data, message = kept:receive() return data, message, kept:send("x") end)`)
	if err != nil {
		t.Fatal(err)
	}
	if err := image.Seal(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got, err := run(t.Context(), image, "open"); got != "1" || err != nil {
		t.Fatal(got, err)
	}
	<-ended
	if got, err := run(t.Context(), image, "use"); got != "nil connection closed. -1" || err != nil {
		t.Error(got, err)
	}
}
