package luabridge

import (
	"testing"

	"tidelock/proxy/stream"
	"tidelock/proxy/value"
)

// waits are places in a script that can wait; each returns "ok" after it has.
var waits = []struct{ name, body string }{
	{"sleep", `core.msleep(1) return "ok"`},
	{"yield", `core.yield() return "ok"`},
	{"pcall", `return select(2, pcall(function() core.msleep(1) return "ok" end))`},
	{"pcall that fails", `return pcall(function() core.msleep(1) error("x") end) and "no" or "ok"`},
	{"xpcall", `return select(2, xpcall(function() core.msleep(1) return "ok" end, debug.traceback))`},
	{"coroutine.wrap", `return coroutine.wrap(function() core.msleep(1) return "ok" end)()`},
	{"coroutine.resume", `local co = coroutine.create(function(a) core.msleep(1) local b = coroutine.yield(a) core.msleep(1) return b end)
coroutine.resume(co, "x") return select(2, coroutine.resume(co, "ok"))`},
	{"iterator", `for word in function(_, last) core.msleep(1) if not last then return "ok" end end do return word end`},
	{"__index", `return setmetatable({}, {__index = function() core.msleep(1) return "ok" end}).x`},
	{"__call", `return setmetatable({}, {__call = function() core.msleep(1) return "ok" end})()`},
	{"__add", `return setmetatable({}, {__add = function() core.msleep(1) return "ok" end}) + 1`},
	{"__eq", `local class = {__eq = function() core.msleep(1) return true end}
return setmetatable({}, class) == setmetatable({}, class) and "ok"`},
	{"__concat", `return setmetatable({}, {__concat = function() core.msleep(1) return "ok" end}) .. ""`},
	{"sort", `local t = {"ok", "no", "me"} table.sort(t, function(a, b) core.msleep(1) return a > b end) return t[1]`},
	{"gsub", `return (("x"):gsub("x", function() core.msleep(1) return "ok" end))`},
	{"__tostring", `return tostring(setmetatable({}, {__tostring = function() core.msleep(1) return "ok" end}))`},
	{"shared", `return tostring(core.shared.wait("never", nil, 0.001)) == "nil" and "ok"`},
}

// TestWaiting waits in every kind of function that a script can register, everywhere in it where code runs.
func TestWaiting(t *testing.T) {
	for _, tt := range waits {
		t.Run(tt.name, func(t *testing.T) {
			b, r := newBridge(t, `
local function work()
  `+tt.body+`
end
core.register_init(function() core.shared.set("init", work()) end)
core.register_fetches("fetch", work)
core.register_converters("converter", work)
core.register_action("action", {"http-req", "http-res", "tcp-req", "tcp-res"}, function(txn) txn:set_var("txn.result", work()) end)
core.register_task(function() core.shared.set("task", work()) end)
core.register_fetches("result", function(txn) return txn:get_var("txn.result") end)
core.register_fetches("shared", function(_, key) return core.shared.wait(key, nil) end)`, nil)
			if err := b.Start(); err != nil {
				t.Fatal(err)
			}
			if got := fetched(t, b, newExchange(), "fetch"); got != "str:ok" {
				t.Errorf("fetch: %s", got)
			}
			for _, set := range []stream.RuleSet{stream.HTTPRequest, stream.HTTPResponse, stream.TCPRequest, stream.TCPResponse} {
				s := newExchange()
				if verdict := acted(t, b, s, set, "action"); verdict != stream.Continue {
					t.Errorf("%s: %v", set, verdict)
				}
				if got := fetched(t, b, s, "result"); got != "str:ok" {
					t.Errorf("%s: %s", set, got)
				}
			}
			for _, key := range []string{"init", "task"} {
				if got := fetched(t, b, newExchange(), "shared", key); got != "str:ok" {
					t.Errorf("%s: %s", key, got)
				}
			}
			convert, err := b.BindConverter("converter", nil)
			if err != nil {
				t.Fatal(err)
			}
			if v := convert(newExchange(), value.Text([]byte("x"))); string(v.AppendText(nil)) != "ok" {
				t.Errorf("converter: %v", v)
			}
			if log := r.text(); log != "" {
				t.Errorf("logged: %s", log)
			}
		})
	}
}
