package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tidelock/proxy/config"
)

// waiting has scripts wait at the gate, or for an hour after they have been there, in each kind of function. A connection
// that they leave open ends with their execution.
const waiting = `
local function knock()
  local socket = core.tcp()
  socket:settimeout(3600)
  assert(socket:connect("127.0.0.1", tonumber(os.getenv("GATE"))))
  socket:send("knock\n")
  return socket
end
local function wait(path)
  local socket = knock()
  if path:find("receive") then return socket:receive("*l") end
  if path:find("pcall") then
    while true do pcall(core.sleep, 3600) end
  end
  core.sleep(3600)
end
core.register_action("wait", {"http-req"}, function(txn) txn:set_var("txn.said", wait(txn.sf:path())) end)
core.register_fetches("wait", function(txn) return wait(txn.sf:path()) end)
core.register_converters("wait", function(path) return wait(path) end)
core.register_service("wait", "http", function(applet)
  local said = wait(applet.path)
  applet:start_response()
  applet:send(said)
end)
core.register_service("line", "tcp", function(applet)
  local path = applet:getline()
  applet:send("here\n")
  applet:send(wait(path) .. "\n")
end)
`

const waitingConfig = `
global
    setenv GATE %d
    tune.lua.isolation %s
    lua-load %[3]s/waiting.lua
defaults
    timeout client 1h
frontend www
    mode http
    bind unix@%[3]s/www
    http-request lua.wait if { path_end /action }
    http-request return status 200 content-type text/plain lf-string "%%[var(txn.said)]" if { path_end /action }
    http-request return status 200 content-type text/plain lf-string "%%[lua.wait]" if { path_end /fetch }
    http-request return status 200 content-type text/plain lf-string "%%[path,lua.wait]" if { path_end /converter }
    http-request use-service lua.wait if { path_end /service }
    http-request return status 200 content-type text/plain string "fine"
listen line
    mode tcp
    bind unix@%[3]s/line
    tcp-request content use-service lua.line
`

// serveWaiting runs scripts that wait at the gate.
func serveWaiting(t *testing.T, g *gate, cache, isolation string, arguments ...string) *served {
	t.Helper()
	folder := layout(t, map[string]string{"waiting.lua": waiting})
	return serve(t, folder, cache, fmt.Sprintf(waitingConfig, g.port(), isolation, folder), arguments...)
}

// request sends a request on a connection of its own.
func (s *served) request(path string) net.Conn {
	c := s.dial("www")
	fmt.Fprintf(c, "GET %s HTTP/1.1\r\nHost: www\r\n\r\n", path)
	return c
}

// response reads the answer and closes the connection.
func (s *served) response(c net.Conn) string {
	s.t.Helper()
	defer c.Close()
	response, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		return "..."
	}
	return answer(response)
}

var (
	kinds = []string{"action", "fetch", "converter", "service"}
	waits = []string{"sleep", "receive", "pcall"}
)

// TestClient_Disconnect has clients go away while their scripts wait. Nothing waits on for nobody, and what others wait
// for in the same instance comes.
func TestClient_Disconnect(t *testing.T) {
	cache := t.TempDir()
	for _, isolation := range config.Isolations {
		t.Run(isolation, func(t *testing.T) {
			g := newGate(t)
			s := serveWaiting(t, g, cache, isolation)
			for _, kind := range kinds {
				for _, wait := range waits {
					stays := s.request("/receive/" + kind)
					stayed := g.arrival()
					leaves := s.request("/" + wait + "/" + kind)
					left := g.arrival()
					leaves.Close()
					g.left(left)
					g.let(stayed)
					if got := s.response(stays); got != "200 pass" {
						t.Errorf("%s beside a cancelled %s: got %q", kind, wait, got)
					}
				}
			}
			if got := s.get("/"); got != "200 fine" {
				t.Errorf("got %q", got)
			}
			s.stop()
			// Nobody is there to be told.
			if text := s.log.text(); strings.Contains(text, "Lua ") {
				t.Errorf("logged:\n%s", text)
			}
		})
	}
}

// TestClient_Disconnect_TCP does the same to a TCP service. There the end of what the client sends is an ordinary event:
// only a client that has gone altogether ends what is done for it.
func TestClient_Disconnect_TCP(t *testing.T) {
	g := newGate(t)
	s := serveWaiting(t, g, t.TempDir(), "registration")

	c := s.dial("line").(*net.UnixConn)
	fmt.Fprintln(c, "receive")
	at := g.arrival()
	c.CloseWrite()
	g.let(at)
	if got, err := io.ReadAll(c); string(got) != "here\npass\n" {
		t.Errorf("after the client's half was closed: got %q, %v", got, err)
	}
	c.Close()

	for _, wait := range waits {
		c := s.dial("line")
		fmt.Fprintln(c, wait)
		at := g.arrival()
		c.Close() // with "here" unread, which resets the connection
		g.left(at)
	}
	s.stop()
	if text := s.log.text(); strings.Contains(text, "Lua ") {
		t.Errorf("logged:\n%s", text)
	}
}

// TestSignals tells the program to stop while scripts wait.
func TestSignals(t *testing.T) {
	cache := t.TempDir()

	t.Run("graceful", func(t *testing.T) {
		g := newGate(t)
		s := serveWaiting(t, g, cache, "registration")
		var clients, atGate []net.Conn
		for _, kind := range kinds {
			clients = append(clients, s.request("/receive/"+kind))
			atGate = append(atGate, g.arrival())
		}
		s.signal()
		s.await("msg=stopping")
		awaitClosed(t, filepath.Join(s.folder, "www"))
		for _, c := range atGate {
			g.let(c)
		}
		for i, c := range clients {
			if got := s.response(c); got != "200 pass" {
				t.Errorf("%s: got %q", kinds[i], got)
			}
		}
		s.ended()
	})

	for _, test := range []struct {
		name, grace string
		more        bool // another signal comes
	}{
		{"second signal", "1h", true},
		{"end of the grace time", "10ms", false},
		{"no grace", "0s", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			g := newGate(t)
			s := serveWaiting(t, g, cache, "registration", "--grace", test.grace)
			var clients, atGate []net.Conn
			for _, kind := range kinds {
				for _, wait := range waits {
					clients = append(clients, s.request("/"+wait+"/"+kind))
					atGate = append(atGate, g.arrival())
				}
			}
			s.signal()
			if s.await("msg=stopping"); test.more {
				s.signal()
			}
			for _, c := range atGate {
				g.left(c)
			}
			for _, c := range clients {
				if got := s.response(c); got != "..." {
					t.Errorf("got %q", got)
				}
			}
			s.ended()
			if text := s.log.text(); strings.Contains(text, "Lua ") {
				t.Errorf("logged:\n%s", text)
			}
		})
	}
}

// awaitClosed waits until nobody listens on a socket any more.
func awaitClosed(t *testing.T, socket string) {
	t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(time.Millisecond) {
		c, err := net.Dial("unix", socket)
		if err != nil {
			return
		}
		c.Close()
	}
	t.Error("still listening")
}
