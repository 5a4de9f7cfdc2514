package host

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"tidelock/guest/lua54"
)

// hostile are scripts that try to take the process, or others' time, memory or instance. Each defines action "bad".
var hostile = []struct {
	name   string
	script string
	want   []error // one of these
	text   string  // in the message
}{
	{"endless loop", `action("bad", function()
		while true do end end)`, []error{ErrTimeout}, "script.lua:2: execution timeout"},
	{"endless loop in a pcall loop", `action("bad", function()
		while true do pcall(function() while true do end end) end end)`, []error{ErrTimeout, ErrKilled}, "script.lua:2"},
	{"endless loop in a coroutine in pcall", `action("bad", function()
		while true do pcall(coroutine.wrap(function() while true do end end)) end end)`, []error{ErrTimeout, ErrKilled}, "script.lua:2"},
	{"endless recursion through pcall", `action("bad", function()
		local function f() pcall(f) pcall(f) end
		while true do f() end end)`, []error{ErrTimeout, ErrKilled}, "script.lua:"},
	{"error handler that loops", `action("bad", function()
		xpcall(error, function() while true do end end) end)`, []error{ErrTimeout, ErrKilled}, "script.lua:2"},
	{"error handler that swallows", `action("bad", function()
		while true do xpcall(function() while true do end end, function() while true do end end) end end)`, []error{ErrTimeout, ErrKilled}, "script.lua:2"},
	{"catastrophic pattern", `action("bad", function()
		return ("a"):rep(28):find(("a*"):rep(14) .. "b") end)`, []error{ErrKilled}, "script.lua:2: in "},
	{"catastrophic gsub", `action("bad", function()
		return (("a"):rep(28):gsub(("a*"):rep(14) .. "b", "")) end)`, []error{ErrKilled}, "script.lua:2"},
	{"loop in a comparator", `action("bad", function()
		table.sort({3, 2, 1}, function() while true do end end) end)`, []error{ErrTimeout}, "script.lua:2"},
	{"loop in a gsub callback", `action("bad", function()
		return (("abc"):gsub(".", function() while true do end end)) end)`, []error{ErrTimeout}, "script.lua:2"},
	{"loop in a metamethod", `action("bad", function()
		return setmetatable({}, {__index = function() while true do end end}).x end)`, []error{ErrTimeout}, "script.lua:2"},
	{"loop in tostring", `action("bad", function()
		return tostring(setmetatable({}, {__tostring = function() while true do end end})) end)`, []error{ErrTimeout}, "script.lua:2"},
	{"loop in a finalizer", `action("bad", function()
		setmetatable({}, {__gc = function() while true do end end})
		collectgarbage() end)`, []error{ErrKilled}, "script.lua:"},
	{"loop in a closed variable", `action("bad", function()
		local x <close> = setmetatable({}, {__close = function() while true do end end})
		return 1 end)`, []error{ErrTimeout, ErrKilled}, "script.lua:2"},
	{"loop while failing", `action("bad", function()
		error(setmetatable({}, {__tostring = function() while true do end end})) end)`, []error{ErrScript, ErrTimeout, ErrKilled}, ""},
	{"string.rep of gigabytes", `action("bad", function()
		return ("x"):rep(1 << 32) end)`, []error{ErrScript}, "script.lua:2: resulting string too large"},
	{"string.rep of a gigabyte", `action("bad", function()
		return ("x"):rep(1 << 30) end)`, []error{ErrOutOfMemory}, "not enough memory"},
	{"growing string", `action("bad", function()
		local s = "x" while true do s = s .. s end end)`, []error{ErrOutOfMemory}, "not enough memory"},
	{"growing table", `action("bad", function()
		local t = {} while true do t[#t + 1] = {} end end)`, []error{ErrOutOfMemory, ErrTimeout}, ""},
	{"growing closures", `action("bad", function()
		local f = print while true do local g = f f = function() return g end end end)`, []error{ErrOutOfMemory, ErrTimeout}, ""},
	{"growing coroutines", `action("bad", function()
		local t = {} while true do
			local co = coroutine.create(function() coroutine.yield() end)
			coroutine.resume(co) t[#t + 1] = co end end)`, []error{ErrOutOfMemory, ErrTimeout}, ""},
	{"memory error swallowed", `action("bad", function()
		while true do pcall(function() local s = "x" while true do s = s .. s end end) end end)`, []error{ErrTimeout, ErrOutOfMemory}, ""},
	{"deep recursion", `action("bad", function()
		local function f() return 1 + f() end return f() end)`, []error{ErrScript, ErrOutOfMemory, ErrTimeout, ErrKilled}, ""},
	{"deep recursion in pcall", `action("bad", function()
		local function f() local ok, e = pcall(f) if not ok then error(e, 0) end end f() end)`, []error{ErrScript}, "stack overflow"},
	{"deep recursion in gsub", `action("bad", function()
		local function f(s) return (s:gsub(".", f)) end return f("a") end)`, []error{ErrScript}, "C stack overflow"},
	{"deep recursion in comparators", `action("bad", function()
		local function f() table.sort({1, 2, 3}, function(a, b) f() return a < b end) end f() end)`, []error{ErrScript}, "C stack overflow"},
	{"deep recursion in metamethods", `action("bad", function()
		local t = setmetatable({}, {}) getmetatable(t).__index = function(_, k) return t[k .. "x"] end return t.x end)`, []error{ErrScript, ErrOutOfMemory, ErrTimeout}, ""},
	{"deep recursion in tostring", `action("bad", function()
		local t = setmetatable({}, {}) getmetatable(t).__tostring = function(t) return string.format("%s", t) end return tostring(t) end)`, []error{ErrScript}, "C stack overflow"},
	{"deep nesting of a pattern", `action("bad", function()
		return ("x"):rep(300000):find((".-"):rep(300000) .. "y") end)`, []error{ErrScript, ErrTimeout, ErrKilled}, ""},
	{"deep nesting of source text", `action("bad", function()
		return load(("("):rep(100000)) end)
		action("unused", function() end)`, []error{nil}, ""},
	{"deep nesting of coroutines", `action("bad", function()
		local function f() return coroutine.wrap(f)() end return f() end)`, []error{ErrScript, ErrOutOfMemory}, ""},
	{"deep nesting of a result", `action("bad", function()
		local t = {} for i = 1, 1000 do t = {t} end return t end)`, []error{ErrScript}, "nested too deeply"},
	{"table that contains itself", `action("bad", function()
		local t = {} t.t = t return t end)`, []error{ErrScript}, "nested too deeply"},
	{"function as a result", `action("bad", function()
		return print end)`, []error{ErrScript}, "a function cannot be passed out of the script"},
	{"error in an error handler", `action("bad", function()
		local ok, e = xpcall(error, function() error("again") end) error(e) end)`, []error{ErrScript}, ""},
	{"error that is a table", `action("bad", function()
		error({}) end)`, []error{ErrScript}, "(error object is a table value)"},
	{"error that is a table with a text", `action("bad", function()
		error(setmetatable({}, {__tostring = function() return "my text" end})) end)`, []error{ErrScript}, "my text"},
	{"error that is nil", `action("bad", function()
		error(nil) end)`, []error{ErrScript}, "(error object is a nil value)"},
	{"error in a host function", `action("bad", function()
		fail("this") end)`, []error{ErrScript}, "script.lua:2: refused: this"},
	{"stale object", `local kept action("bad", function()
		kept = kept or new_object() return object.read(setmetatable({[0] = kept}, nil)) end)`, []error{nil}, ""},
	{"debug library", `action("bad", function()
		assert(debug.sethook == nil and debug.getregistry == nil and string.dump ~= nil)
		return select(2, pcall(string.dump, print)) end)`, []error{nil}, ""},
	{"bytecode", `action("bad", function()
		return select(2, load("\27Lua", "chunk", "b")) end)`, []error{nil}, ""},
	{"sleep in a comparator", `action("bad", function()
		local t = {3, 2, 1} table.sort(t, function(a, b) sleep(1) return a < b end) return t[1] end)`, []error{nil}, ""},
	{"parks while asked to stop", `action("bad", function()
		while true do pcall(function() while true do end end) sleep(1) end end)`, []error{ErrTimeout}, ""},
}

func TestHostile(t *testing.T) {
	for _, isolation := range Isolations {
		t.Run(string(isolation), func(t *testing.T) {
			if testing.Short() && isolation == IsolateRegistrations {
				t.Skip("it takes long, and auto does the same for most of these")
			}
			e := newTestEngine(t, EngineConfig{InstanceMemory: 24 << 20})
			for _, tt := range hostile {
				t.Run(tt.name, func(t *testing.T) { testHostile(t, e, lua54.Module, isolation, tt.script, tt.want, tt.text) })
			}
		})
	}
}

func testHostile(t *testing.T, e *Engine, guest []byte, isolation Isolation, script string, want []error, text string) {
	memory, goroutines := e.MemoryInUse(), runtime.NumGoroutine()
	t.Cleanup(func() { // after the image's
		if got := e.MemoryInUse(); got != memory {
			t.Errorf("%d bytes of memory before, %d after", memory, got)
		}
		for i := 0; runtime.NumGoroutine() > goroutines && i < 10_000; i++ { // a busy machine lets them end late
			time.Sleep(time.Millisecond)
		}
		if got := runtime.NumGoroutine(); got > goroutines {
			t.Errorf("%d goroutines before, %d after", goroutines, got)
		}
	})
	image, _ := newTestImage(t, e, script+`
		local n = 0
		action("bystander", function(x) n = n + 1 sleep(0) return x * 2 end)`,
		func(c *ImageConfig) {
			c.Guest, c.Isolation = guest, isolation
			if slices.Equal(want, []error{ErrOutOfMemory}) { // taking memory takes its time
				c.Limits = map[string]Limits{"action": {Time: 10 * time.Second}}
			}
		})

	stop := make(chan struct{})
	var bystanders sync.WaitGroup
	bystanders.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
			}
			got, err := run(context.Background(), image, "bystander", 21)
			if isolation == IsolateScripts && errors.Is(err, ErrReset) {
				continue // it shares the instance of an execution that had to be killed
			}
			if err != nil || got != "42" {
				t.Errorf("bystander: %q, %v", got, err)
				return
			}
		}
	})
	_, err := run(context.Background(), image, "bad")
	close(stop)
	bystanders.Wait()

	matched := false
	for _, w := range want {
		matched = matched || w == nil && err == nil || w != nil && errors.Is(err, w)
	}
	if !matched {
		t.Errorf("got %v, want one of %v", err, want)
	}
	if err != nil && !strings.Contains(err.Error(), text) {
		t.Errorf("got message %q, want %q in it", err, text)
	}
	if got, err := run(context.Background(), image, "bystander", 4); err != nil || got != "8" {
		t.Errorf("afterwards the bystander gives %q, %v", got, err)
	}
}
