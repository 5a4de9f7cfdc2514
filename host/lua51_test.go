package host

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"tidelock/guest/lua51"
)

// newLua51Engine returns an engine for tests of the guest lua51. In short runs it is interpreted, which costs less than to
// compile it.
func newLua51Engine(tb testing.TB, config EngineConfig) *Engine {
	tb.Helper()
	if len(lua51.Module()) == 0 {
		tb.Skip("the guest lua51 was not built (make guests)")
	}
	config.Interpreter = testing.Short()
	return newTestEngine(tb, config)
}

// newLua51Image loads scripts that share an instance, each a chunk of its own.
func newLua51Image(tb testing.TB, e *Engine, limits Limits, scripts ...string) (*Image, *world) {
	tb.Helper()
	image, w := newOpenImage(tb, e, func(c *ImageConfig) {
		c.Guest, c.Isolation, c.Limits = lua51.Module(), IsolateScripts, map[string]Limits{"action": limits}
	})
	for _, script := range scripts {
		if err := image.Load(context.Background(), Chunk{"@script.lua", script}); err != nil {
			tb.Fatal(err)
		}
	}
	if err := image.Seal(context.Background()); err != nil {
		tb.Fatal(err)
	}
	return image, w
}

// TestLua51 runs what every guest has to do, and what this one does beyond it.
func TestLua51(t *testing.T) {
	e := newLua51Engine(t, EngineConfig{})
	tests := []struct{ name, script, want string }{
		{"arguments and results", `return ...`, "7 text"},
		{"numbers without a fraction are integers", `return 3, 3.5, 6 / 2, 2^53, -0.25`, "3 3.5 3 9007199254740992 -0.25"},
		{"tables", `return echo({a = {1}})["a"][1], #echo({1, 2, 3})`, "1 3"},
		{"nil and booleans", `return nil, true, false`, "nil true false"},
		{"bytes", `return #echo("\000\255\r\n")`, "4"},
		{"objects", `return object.read({[0] = new_object()})`, "an object"},
		{"not an object", `return select(2, pcall(object.read, {})):match("not an object.*")`, "not an object of this class (use ':' to call a method))"},
		{"error of a host function", `return select(2, pcall(fail, "this"))`, "script.lua:1: refused: this"},
		{"version", `return _VERSION`, "Lua 5.1"},
		{"waits in pcall", `return pcall(function() sleep(0) return 1 end)`, "true 1"},
		{"waits in a coroutine", `return coroutine.wrap(function() sleep(0) coroutine.yield(1) end)()`, "1"},
		{"waits in a comparator", `local t = {3, 1, 2} table.sort(t, function(a, b) sleep(0) return a < b end) return t[1], t[3]`, "1 3"},
		{"waits in a gsub callback", `return (("ab"):gsub(".", function(c) sleep(0) return c .. c end))`, "aabb"},
		{"waits in a metamethod", `return setmetatable({}, {__index = function(_, k) sleep(0) return k end}).x`, "x"},
		{"waits in an iterator", `local n = 0 for i in function() sleep(0) n = n + 1 return n < 4 and n or nil end do end return n`, "4"},
		{"yields in pcall", `local co = coroutine.wrap(function() pcall(function() coroutine.yield(1) end) return 2 end) return co(), co()`, "1 2"},
		{"yields in a metamethod", `local co = coroutine.wrap(function() return setmetatable({}, {__add = function() return coroutine.yield(1) end}) + 1 end)
			co() return co(5)`, "5"},
		{"passes values through yields", `local co = coroutine.wrap(function(a) while true do a = coroutine.yield(a * 2) end end) return co(1), co(2), co(3)`, "2 4 6"},
		{"states of coroutines", `local co co = coroutine.create(function() return coroutine.status(co), coroutine.running() == co end)
			local s = coroutine.status(co) local _, r, same = coroutine.resume(co) return s, r, same, coroutine.status(co)`, "suspended running true dead"},
		{"resumes what is dead", `local co = coroutine.create(function() end) coroutine.resume(co) return coroutine.resume(co)`, "false cannot resume dead coroutine"},
		{"resumes itself", `return coroutine.wrap(function() return coroutine.resume(coroutine.running()) end)()`, "false cannot resume non-suspended coroutine"},
		{"error in a coroutine", `return coroutine.resume(coroutine.create(function() error({code = 4}) end))`, "false {[code]=4;}"},
		{"yields outside of coroutines", `return select(2, pcall(coroutine.yield))`, "script.lua:1: attempt to yield from outside a coroutine"},
		{"deeply nested coroutines", `local function f() return coroutine.wrap(f)() end return (select(2, pcall(f)):match("C stack overflow"))`, "C stack overflow"},
		{"load", `return load("return ...", "=x")(5), select(2, load("x ="))`, `5 [string "x ="]:1: syntax error near '<eof>'`},
		{"load with an environment", `return load("return y", "=x", "t", {y = 3})()`, "3"},
		{"memory in use", `return collectgarbage("count") > 1`, "true"},
		{"pack and unpack", `local t = table.pack(1, nil, 3) return t.n, table.unpack(t, 1, t.n)`, "3 1 nil 3"},
		{"levels of errors", "local function f(level) error('x', level) end local function g(level) f(level)\nreturn 1 end local function h(level)\ng(level)\nreturn 1 end " +
			"return select(2, pcall(h, 1)), select(2, pcall(h, 2)), select(2, pcall(h, 3)), select(2, pcall(h, 0))", "script.lua:1: x script.lua:1: x script.lua:3: x x"},
		{"who calls", `local i = debug.getinfo(1, "Sl") return i.short_src, i.currentline, debug.getinfo(print, "S").short_src`, "script.lua 1 [C]"},
		{"no system", `return os.execute, os.exit, os.getenv, io, string.dump, module`, "nil nil nil nil nil nil"},
		{"time", `return os.time({year = 2020, month = 1, day = 1, hour = 0}) - os.time({year = 2019, month = 12, day = 31, hour = 0}), os.date("!*t", 86400).yday`, "86400 2"},
		{"random numbers", `local n = math.random(3, 5) return n >= 3 and n <= 5, (pcall(math.random, 0)) == false`, "true true"},
	}
	var scripts []string
	for _, tt := range tests {
		scripts = append(scripts, fmt.Sprintf("action(%q, function(...) %s end)", tt.name, tt.script))
	}
	image, _ := newLua51Image(t, e, Limits{}, scripts...)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got, err := run(context.Background(), image, tt.name, 7, "text"); err != nil || got != tt.want {
				t.Errorf("got %q, %v, want %q", got, err, tt.want)
			}
		})
	}
}

func TestLua51_Errors(t *testing.T) {
	if testing.Short() {
		t.Skip("one interpreted guest is enough")
	}
	e := newLua51Engine(t, EngineConfig{})
	tests := []struct {
		name, script string
		kind         error
		want         string // in the message
	}{
		{"raised", `error("boom")`, ErrScript, "script.lua:1: boom"},
		{"raised without a place", `error("boom", 0)`, ErrScript, "boom"},
		{"a table", `error({})`, ErrScript, "(error object is a table value)"},
		{"a table that speaks", `error(setmetatable({}, {__tostring = function() sleep(0) return "my text" end}))`, ErrScript, "my text"},
		{"a result that cannot cross", `return print`, ErrScript, "a function cannot be passed out of the script"},
		{"a table in itself", `local t = {} t.t = t return t`, ErrScript, "nested too deeply"},
		{"deep recursion", `local function f() return 1 + f() end return f()`, ErrScript, "stack overflow"},
		{"no memory for a string", `return ("x"):rep(2^30)`, ErrOutOfMemory, "not enough memory"},
	}
	scripts := []string{`action("good", function() return 1 end)`}
	for _, tt := range tests {
		scripts = append(scripts, fmt.Sprintf("action(%q, function() %s end)", tt.name, tt.script))
	}
	image, _ := newLua51Image(t, e, Limits{}, scripts...)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := run(context.Background(), image, tt.name); !errors.Is(err, tt.kind) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %v with %q", err, tt.kind, tt.want)
			}
			if got, err := run(context.Background(), image, "good"); err != nil || got != "1" {
				t.Errorf("afterwards: %q, %v", got, err)
			}
		})
	}
}

// TestLua51_parked has executions wait in the instance in which others time out, are cancelled, or leave coroutines behind.
func TestLua51_parked(t *testing.T) {
	if testing.Short() {
		t.Skip("slow where the guest is interpreted")
	}
	const parked = 20
	e := newLua51Engine(t, EngineConfig{})
	image, w := newLua51Image(t, e, Limits{Time: time.Minute}, `
action("wait", function(n) local kept = {n} pcall(function() coroutine.wrap(gate)() end) return kept[1] end)
action("loop", function() while true do pcall(function() while true do end end) end end)
action("abandon", function() for i = 1, 100 do coroutine.wrap(function() pcall(coroutine.yield) end)() end collectgarbage() end)`)
	image.Registration("action", "loop").limits.Time = time.Second // the others take what a busy machine needs
	w.waiting.Add(parked + 1)
	results := make(chan error)
	wait := func(ctx context.Context, n int, want error) {
		got, err := run(ctx, image, "wait", n)
		if !errors.Is(err, want) || err == nil && got != show(integer(int64(n))) {
			t.Errorf("the execution that waits with %d: %q, %v", n, got, err)
		}
		results <- nil
	}
	ctx, cancel := context.WithCancel(context.Background())
	for n := range parked {
		go wait(context.Background(), n, nil)
	}
	go wait(ctx, parked, ErrCancelled)
	w.waiting.Wait()
	cancel()
	<-results
	if _, err := run(context.Background(), image, "loop"); !errors.Is(err, ErrTimeout) {
		t.Errorf("got %v, want %v", err, ErrTimeout)
	}
	for range 5 {
		if _, err := run(context.Background(), image, "abandon"); err != nil {
			t.Error(err)
		}
	}
	close(w.gate)
	for range parked {
		<-results
	}
}

// TestLua51_hostile has the scripts of TestHostile try the same in this guest. Where Lua 5.4 ends one softly this guest may
// have to be killed, or the other way round: what counts is that it ends, and that nobody else notices.
func TestLua51_hostile(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a minute")
	}
	e := newLua51Engine(t, EngineConfig{InstanceMemory: 48 << 20})
	ends := []error{nil, ErrScript, ErrTimeout, ErrKilled, ErrOutOfMemory, ErrFault}
	for _, tt := range hostile {
		if strings.Contains(tt.script, "<close>") || strings.Contains(tt.script, "<<") || tt.name == "debug library" {
			continue // what Lua 5.1 does not have
		}
		t.Run(tt.name, func(t *testing.T) {
			testHostile(t, e, lua51.Module(), IsolateRegistrations, tt.script, ends, "")
		})
	}
}
