package luabridge

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"tidelock/proxy/filter"
)

// filterScript is a filter of responses whose http_payload is given.
const filterScript = `
local F = {flags = filter.FLT_CFG_FL_HTX}
F.__index = F
function F:new() return setmetatable({}, F) end
function F:start_analyze(txn, chn)
  if not chn:is_resp() then self.path = txn.f:path() end
  filter.register_data_filter(self, chn)
end
function F:http_payload(txn, msg) %s end
core.register_filter("f", F, function(f) return f end)
`

// exchangeWith attaches a script's filter to an exchange of its own.
func exchangeWith(t *testing.T, f filter.Filter) *filter.Exchange { return exchangeFor(t, f, "/hash") }

func exchangeFor(t *testing.T, f filter.Filter, path string) *filter.Exchange {
	t.Helper()
	s := newExchange()
	s.Request.SetURI([]byte(path))
	s.Response.SetResponse(200, []byte("OK"))
	e := filter.New(context.Background(), s, 16384)
	if err := e.Attach([]filter.Filter{f}); err != nil {
		t.Fatal(err)
	}
	if err := e.Response.Start(); err != nil {
		t.Fatal(err)
	}
	return e
}

// through sends a body through the filters of a response.
func through(e *filter.Exchange, body string) (string, error) {
	var out strings.Builder
	write := func(p []byte) error {
		out.Write(p)
		return nil
	}
	d := &e.Response
	for taken := 0; taken < len(body); {
		n := d.Take([]byte(body[taken:]))
		taken += n
		if err := d.Run(write); err != nil {
			return out.String(), err
		}
		if n == 0 {
			if err := d.Wait(time.Millisecond); err != nil {
				return out.String(), err
			}
		}
	}
	d.End()
	for {
		if err := d.Run(write); err != nil || d.Done() {
			return out.String(), err
		}
		if err := d.Wait(time.Millisecond); err != nil {
			return out.String(), err
		}
	}
}

func TestFilter_results(t *testing.T) {
	tests := []struct{ name, payload, want string }{
		{"none", "", "hello"},
		{"the smallest integer", "return math.mininteger", "hello"},
		{"the largest integer", "return math.maxinteger", "hello"},
		{"a huge number", "return 1e300", "hello"},
		{"no number", "return 0/0", "hello"},
		{"minus a half", "return -0.5", "hello"},
		{"offsets out of range", "pcall(msg.set, msg, 'x', math.maxinteger, math.mininteger) pcall(msg.body, msg, math.mininteger, math.mininteger)", "hello"},
		{"lengths out of range", "pcall(msg.remove, msg, 0, math.maxinteger) msg:forward(math.mininteger)", "hello"},
		{"all forwarded", "msg:forward(math.maxinteger)", "hello"},
		{"waits inside", "core.msleep(1) core.yield()", "hello"},
		{"edits", "if msg:input() > 0 then msg:set('bye') end", "bye"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b, _ := newBridgeWithFilter(t, fmt.Sprintf(filterScript, tt.payload))
			e := exchangeWith(t, b)
			defer e.Stop()
			if got, err := through(e, "hello"); err != nil || got != tt.want {
				t.Errorf("got %q, %v, want %q", got, err, tt.want)
			}
		})
	}
}

// newBridgeWithFilter loads a script and binds its filter, before the image is sealed as a configuration does.
func newBridgeWithFilter(t *testing.T, script string) (filter.Filter, *record) {
	return newBridgeWithin(t, script, time.Minute)
}

func newBridgeWithin(t *testing.T, script string, limit time.Duration) (filter.Filter, *record) {
	t.Helper()
	b, r, err := loadBridge(t, script, func(c *Config) { c.Scripts.SessionTimeout = limit })
	if err != nil {
		t.Fatal(err)
	}
	f, err := b.BindFilter("f", nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Init(context.Background()); err != nil {
		t.Fatal(err)
	}
	return f, r
}

// What a filter does to its own exchange does not touch the next one, whichever way it ends.
func TestFilter_Errors(t *testing.T) {
	tests := []struct{ name, payload, logged string }{
		{"raises", "error('boom')", "boom"},
		{"raises no text", "error({})", "table"},
		{"loops", "while true do end", "timeout"},
		{"loops within pcall", "while true do pcall(function() while true do end end) end", ""},
		{"eats memory", "local t = {} while true do t[#t + 1] = ('x'):rep(1 << 20) end", "memory"},
		{"overflows the stack", "local function f() return f() + 1 end f()", "stack overflow"},
		{"sends without end", "while true do if msg:send(('x'):rep(1000)) < 0 then error('full') end end", "full"},
		{"keeps a channel", "if kept then kept:input() else kept = msg.channel error('first') end", "first"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			limit := time.Minute
			if strings.HasPrefix(tt.name, "loops") {
				limit = 50 * time.Millisecond
			}
			f, r := newBridgeWithin(t, fmt.Sprintf(filterScript, "if self.path == '/hash' then "+tt.payload+" end"), limit)
			bad := exchangeWith(t, f)
			if got, err := through(bad, "hello"); err == nil {
				t.Errorf("the exchange went on: %q", got)
			}
			bad.Stop()
			if !strings.Contains(r.text(), tt.logged) {
				t.Errorf("logged %q", r.text())
			}
			good := exchangeFor(t, f, "/other")
			defer good.Stop()
			if got, err := through(good, "hello"); err != nil || got != "hello" {
				t.Errorf("the next exchange: %q, %v", got, err)
			}
		})
	}
}

// A Channel, HTTPMessage or TXN that a script keeps is dead when its exchange is over.
func TestFilter_stale(t *testing.T) {
	f, r := newBridgeWithFilter(t, fmt.Sprintf(filterScript, `
	if self.path == "/hash" then kept = {msg.channel, msg, txn} return end
	local results = {}
	for i, call in ipairs({function() kept[1]:data() end, function() kept[2]:set("x") end, function() kept[3]:get_var("txn.v") end}) do
		results[i] = tostring(select(2, pcall(call)))
	end
	error(table.concat(results, " / "))`))
	first := exchangeWith(t, f)
	if _, err := through(first, "secret"); err != nil {
		t.Fatal(err)
	}
	first.Stop()
	second := exchangeFor(t, f, "/other")
	defer second.Stop()
	if _, err := through(second, "hello"); err == nil {
		t.Error("the objects are still alive")
	}
	if n := strings.Count(r.text(), "no longer valid"); n != 3 {
		t.Errorf("logged %q", r.text())
	}
}

// An exchange whose filter waits ends when its direction does.
func TestFilter_halt(t *testing.T) {
	f, _ := newBridgeWithFilter(t, fmt.Sprintf(filterScript, "core.sleep(1000)"))
	e := exchangeWith(t, f)
	ended := make(chan error)
	go func() {
		_, err := through(e, "hello")
		ended <- err
	}()
	e.Halt()
	if err := <-ended; err == nil {
		t.Error("the exchange went on")
	}
	e.Stop()
}
