package luabridge

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"tidelock/proxy/stream"
)

// client is the other side of a service.
type client struct {
	stream  *stream.Stream
	sends   io.Reader
	started bool
	gets    bytes.Buffer
	room    int // for what is put aside until Flush
}

func (c *client) Read(p []byte) (int, error) { return c.sends.Read(p) }

func (c *client) Write(p []byte) (int, error) {
	if c.stream.Request != nil && !c.started {
		return 0, errors.New("response body before the response started")
	}
	return c.gets.Write(p)
}

func (c *client) Flush() error           { return nil }
func (c *client) Ready(n int) bool       { return n < c.room }
func (c *client) Stream() *stream.Stream { return c.stream }

func (c *client) StartResponse() error {
	c.started = true
	m := c.stream.Response
	fmt.Fprintf(&c.gets, "%d %s\n", m.Status(), m.Reason())
	for i := m.First(); i >= 0; i = m.Next(i) {
		fmt.Fprintf(&c.gets, "%s: %s\n", m.Name(i), m.Value(i))
	}
	c.gets.WriteByte('\n')
	return nil
}

func newClient(mode stream.Mode, sends string) *client {
	s := newExchange()
	if mode == stream.ModeTCP {
		s.Request, s.Response = nil, nil
	} else {
		s.Request.Add("content-length", fmt.Append(nil, len(sends)))
	}
	return &client{stream: s, sends: strings.NewReader(sends)}
}

// TestService_HTTP compares with what HAProxy 2.6.12 answers, its framing aside.
func TestService_HTTP(t *testing.T) {
	for _, test := range []struct{ name, sends, body, want, fails string }{
		{"request", "12345678", `
applet:start_response()
applet:send(table.concat({applet.method, applet.path, applet.qs, applet.length, applet.version, applet.headers["host"][0]}, " "))`,
			"200 OK\n\nGET /hash a=b 8 HTTP/1.1 127.0.0.1:18911", ""},
		{"body", "line one\nabcdefghijk\nmore", `
applet:start_response()
applet:send("[" .. applet:getline() .. "][" .. applet:receive(5) .. "][" .. applet:receive() .. "][" .. applet:receive() .. applet:getline() .. "]")`,
			"200 OK\n\n[line one\n][abcde][fghijk\nmore][]", ""},
		{"headers", "", `
applet:set_status(201, "Made")
applet:add_header("X-Multi", "1")
applet:add_header("X-Multi", 2)
applet:start_response()
applet:send(applet:send("sent\n"))`,
			"201 Made\nx-multi: 1\nx-multi: 2\n\nsent\n5", ""},
		{"names", "", `
applet:start_response()
applet:send(tostring(applet) .. tostring(applet.f) .. tostring(applet.sc))`,
			"200 OK\n\nHAProxy class AppletHTTPHAProxy class FetchesHAProxy class Converters", ""},
		{"variables", "", `
applet:set_var("txn.x", "v")
applet:set_priv({1})
applet:start_response()
applet:send(applet:get_var("txn.x") .. tostring(applet:unset_var("txn.x")) .. applet:get_priv()[1] .. applet.sf:src())`,
			"200 OK\n\nvtrue1127.0.0.1", ""},
		{"done", "", `applet:start_response() applet:send("part") core.done()`, "200 OK\n\npart", ""},
		{"fails early", "", `local x; x.y = 1`, "",
			"<3>Lua applet http '<lua.s>': [state-id 0] runtime error: script.lua:1: attempt to index a nil value (local 'x') from script.lua:1: in function line 1."},
		{"fails late", "", `applet:start_response() applet:send("part") error("late")`, "200 OK\n\npart",
			"<3>Lua applet http '<lua.s>': [state-id 0] runtime error: script.lua:1: late from [C]: in global 'error', script.lua:1: in function line 1."},
	} {
		t.Run(test.name, func(t *testing.T) {
			b, r := newBridge(t, `core.register_service("s", "http", function(applet) `+test.body+` end)`, nil)
			service, err := b.BindService(stream.ModeHTTP, "s")
			if err != nil {
				t.Fatal(err)
			}
			c := newClient(stream.ModeHTTP, test.sends)
			if err := service.Serve(c); (err != nil) != (test.fails != "") {
				t.Errorf("Serve returned %v", err)
			}
			if got := c.gets.String(); got != test.want {
				t.Errorf("client got %q, want %q", got, test.want)
			}
			if r.text() != test.fails {
				t.Errorf("\nlogged %s\n  want %s", r.text(), test.fails)
			}
		})
	}
}

// TestService_TCP compares with what HAProxy 2.6.12 answers.
func TestService_TCP(t *testing.T) {
	b, r := newBridge(t, `core.register_service("s", "tcp", function(applet)
  local lines = {tostring(applet), applet:getline(), applet:receive(5), tostring(applet:send("x")), applet:receive(), applet:getline()}
  applet:send(table.concat(lines, "|"))
end)`, nil)
	service, err := b.BindService(stream.ModeTCP, "s")
	if err != nil {
		t.Fatal(err)
	}
	c := newClient(stream.ModeTCP, "hello\nworld more\nand more")
	if err := service.Serve(c); err != nil {
		t.Error(err)
	}
	if got, want := c.gets.String(), "xHAProxy class AppletTCP|hello\n|world|1| more\nand more|"; got != want {
		t.Errorf("client got %q, want %q; log: %s", got, want, r.text())
	}
}

// TestService_gone keeps silent about scripts that fail because the client went away.
func TestService_gone(t *testing.T) {
	b, r := newBridge(t, `core.register_service("s", "tcp", function(applet) applet:receive() end)`, nil)
	service, err := b.BindService(stream.ModeTCP, "s")
	if err != nil {
		t.Fatal(err)
	}
	c := newClient(stream.ModeTCP, "")
	c.sends = io.MultiReader(strings.NewReader("some"), brokenReader{})
	if err := service.Serve(c); err == nil {
		t.Error("no error")
	}
	if r.text() != "" {
		t.Errorf("logged %s", r.text())
	}
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

var _ stream.Applet = (*client)(nil)
