package luabridge

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"tidelock/proxy/config"
	"tidelock/proxy/stream"
)

// TestFailures compares the messages of scripts that fail with HAProxy 2.6.12's. A fetch yields no sample, an action lets
// the rules go on.
func TestFailures(t *testing.T) {
	for _, test := range []struct{ name, script, want string }{
		{"fetch", `core.register_fetches("f", function() local x; return x.y end)`,
			"<3>Lua sample-fetch 'f': [state-id 0] runtime error: script.lua:1: attempt to index a nil value (local 'x') from script.lua:1: in function line 1."},
		{"error", `core.register_fetches("f", function() error("plain", 0) end)`,
			"<3>Lua sample-fetch 'f': [state-id 0] runtime error: plain from [C]: in global 'error', script.lua:1: in function line 1."},
		{"nested", `core.register_fetches("f", function()
local function inner() error("deep") end
local function outer() inner() end
outer()
end)`,
			"<3>Lua sample-fetch 'f': [state-id 0] runtime error: script.lua:2: deep from [C]: in global 'error', script.lua:2: in upvalue 'inner', script.lua:3: in local 'outer', script.lua:4: in function line 1."},
		{"library", `core.register_fetches("f", function() string.rep() end)`,
			"<3>Lua sample-fetch 'f': [state-id 0] runtime error: script.lua:1: bad argument #1 to 'rep' (string expected, got no value) from [C]: in field 'rep', script.lua:1: in function line 1."},
		{"fetch timeout", `core.register_fetches("f", function() while true do end end)`,
			"<3>Lua sample-fetch 'f': [state-id 0] runtime error: execution timeout from script.lua:1: in function line 1."},
		{"action", `core.register_action("a", {"http-req"}, function() local function helper() local x; x.y=1 end helper() end)`,
			"<3>Lua function 'a': [state-id 0] runtime error: script.lua:1: attempt to index a nil value (local 'x') from script.lua:1: in local 'helper', script.lua:1: in function line 1."},
		{"action timeout", `core.register_action("a", {"http-req"}, function() while true do end end)`,
			"<3>Lua function 'a': [state-id 0] runtime error: execution timeout from script.lua:1: in function line 1."},
		{"memory", `core.register_action("a", {"http-req"}, function() local s = "x" while true do s = s .. s end end)`,
			"<3>Lua function 'a': out of memory error from script.lua:1: in function line 1."},
	} {
		t.Run(test.name, func(t *testing.T) {
			b, r := newBridge(t, test.script, func(c *Config) {
				c.Scripts.SessionTimeout = time.Minute // a busy machine must not make a timeout of another failure
				if strings.Contains(test.name, "timeout") {
					c.Scripts.SessionTimeout = 20 * time.Millisecond
				}
				c.Scripts.InstanceMemory = 8 << 20
			})
			s := newExchange()
			if found, _ := b.lookup(wanted{kind: kindFetch, name: "f"}); found.registration != nil {
				if got := fetched(t, b, s, "f"); got != "any:" {
					t.Errorf("sample %s, want none", got)
				}
			} else if v := acted(t, b, s, stream.HTTPRequest, "a"); v != stream.Continue {
				t.Errorf("verdict %v, want %v", v, stream.Continue)
			}
			if got := r.text(); got != test.want {
				t.Errorf("\n got %s\nwant %s", got, test.want)
			}
		})
	}
}

// TestLoad_Errors compares the messages of files that cannot be loaded with HAProxy 2.6.12's.
func TestLoad_Errors(t *testing.T) {
	for _, test := range []struct{ name, script, want string }{
		{"syntax", "x = = 1", "error in Lua file 'script.lua': script.lua:1: unexpected symbol near '='"},
		{"run time", "local x; x.y=1", "Lua runtime error: script.lua:1: attempt to index a nil value (local 'x')"},
		{"nested", `local function f() error("boom") end f()`, "Lua runtime error: script.lua:1: boom"},
		{"argument", `core.register_fetches("x", 1)`,
			"Lua runtime error: script.lua:1: bad argument #2 to 'register_fetches' (function expected, got number)"},
		{"memory", `local s="x" while true do s=s..s end`, "Lua out of memory error"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, _, err := loadBridge(t, test.script, func(c *Config) { c.Scripts.InstanceMemory = 8 << 20 })
			var failed *config.ScriptError
			if !errors.As(err, &failed) || failed.File.Path != "script.lua" {
				t.Fatalf("error %v is of no file", err)
			}
			if err.Error() != test.want {
				t.Errorf("\n got %s\nwant %s", err, test.want)
			}
		})
	}
}

// TestInit_Errors compares the messages of init functions that fail with HAProxy 2.6.12's.
func TestInit_Errors(t *testing.T) {
	for _, test := range []struct{ name, script, want string }{
		{"run time", "core.register_init(function() local x; x.y=1 end)",
			"Lua init: runtime error: 'script.lua:1: attempt to index a nil value (local 'x')' from script.lua:1: in function line 1"},
		{"memory", `core.register_init(function() local s="x" while true do s=s..s end end)`,
			"Lua init: out of memory error: script.lua:1: in function line 1"},
	} {
		t.Run(test.name, func(t *testing.T) {
			b, _, err := loadBridge(t, test.script, func(c *Config) { c.Scripts.InstanceMemory = 8 << 20 })
			if err != nil {
				t.Fatal(err)
			}
			if err := b.Init(context.Background()); err == nil || err.Error() != test.want {
				t.Errorf("\n got %v\nwant %s", err, test.want)
			}
		})
	}
}

// TestTask compares the message of a task that fails with HAProxy 2.6.12's, beside one that ends well.
func TestTask(t *testing.T) {
	b, r := newBridge(t, `
core.register_task(function() core.Info("one runs") local x; x.y=1 end)
core.register_task(function() core.msleep(1) core.Info("two runs") core.done() end)
core.register_init(function() core.Info("init runs") end)`, nil)
	if err := b.Start(); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"<6>init runs",
		"<6>one runs",
		"<3>Lua task: [state-id 0] runtime error: script.lua:2: attempt to index a nil value (local 'x') from script.lua:2: in function line 2.",
		"<6>two runs",
	}
	for range 500 {
		if len(strings.Split(r.text(), "\n")) == len(want) {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	for _, line := range want {
		if !strings.Contains(r.text(), line) {
			t.Errorf("missing: %s\nlog:\n%s", line, r.text())
		}
	}
}

// TestBind_Errors tells what a configuration gets that binds what is not there.
func TestBind_Errors(t *testing.T) {
	b, _ := newBridge(t, `
core.register_action("a", {"tcp-req"}, function() end, 2)
core.register_service("s", "tcp", function() end)`, nil)
	for _, test := range []struct {
		name string
		bind func() error
		want string
	}{
		{"fetch", func() error { _, err := b.BindFetch("x", nil); return err }, "unknown fetch method 'lua.x'"},
		{"converter", func() error { _, err := b.BindConverter("x", nil); return err }, "unknown converter 'lua.x'"},
		{"action", func() error { _, err := b.BindAction(stream.HTTPRequest, "x", nil); return err }, "unknown action 'lua.x'"},
		{"service", func() error { _, err := b.BindService(stream.ModeHTTP, "x"); return err }, "unknown service 'lua.x'"},
		{"rule set", func() error { _, err := b.BindAction(stream.HTTPRequest, "a", nil); return err },
			"action 'lua.a' is not registered for 'http-request' rules ('http-req')"},
		{"arguments", func() error { _, err := b.BindAction(stream.TCPRequest, "a", []string{"1"}); return err },
			"action 'lua.a' expects 2 arguments, but got 1"},
		{"mode", func() error { _, err := b.BindService(stream.ModeHTTP, "s"); return err },
			"service 'lua.s' is registered for mode 'tcp', not for 'http'"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if err := test.bind(); err == nil || err.Error() != test.want {
				t.Errorf("\n got %v\nwant %s", err, test.want)
			}
		})
	}
}
