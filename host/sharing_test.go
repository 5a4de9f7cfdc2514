package host

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"tidelock/abi"
)

// groupsOf shows which registrations share instances, "a b | c*": a star stands behind those that run in parallel. A task
// has its name, or is "task".
func groupsOf(image *Image) string {
	var groups [][]string
	for _, r := range image.Registrations() {
		if r.Group == 0 {
			continue
		}
		for len(groups) < r.Group {
			groups = append(groups, nil)
		}
		name := r.Name
		if r.Parallel {
			name += "*"
		}
		groups[r.Group-1] = append(groups[r.Group-1], name)
	}
	var shown []string
	for _, g := range groups {
		shown = append(shown, strings.Join(g, " "))
	}
	return strings.Join(shown, " | ")
}

// TestSharing_groups is small scripts and the groups that they come to. Their actions are a, b and c.
func TestSharing_groups(t *testing.T) {
	tests := []struct{ name, script, want string }{
		{"nothing in common", `action("a", function() return 1 end) action("b", function() return 2 end)`, "a* | b*"},

		// Upvalues.
		{"a counter of one", `local n = 0 action("a", function() n = n + 1 return n end) action("b", function() return 2 end)`, "a | b*"},
		{"a counter of two", `local n = 0 action("a", function() n = n + 1 return n end) action("b", function() return n end)`, "a b"},
		{"two counters", `local n, m = 0, 0 action("a", function() n = n + 1 return n end) action("b", function() m = m + 1 return m end)`, "a | b"},
		{"a constant", `local n = 7 action("a", function() return n end) action("b", function() return n + 1 end)`, "a* | b*"},
		{"written by both, read by none", `local n action("a", function() n = 1 end) action("b", function() n = 2 end)`, "a* | b*"},
		{"written by one, read by none", `local n action("a", function() n = 1 end) action("b", function() end)`, "a* | b*"},
		{"changed by the main chunk only", `local n = 1 n = n + 1 action("a", function() return n end) action("b", function() return n end)`, "a* | b*"},
		{"changed by an init function only", `local n register_function("init", "", function() n = 5 end) action("a", function() return n end) action("b", function() return n end)`, "a* | b*"},
		{"through a function", `local n = 0 local function up() n = n + 1 end action("a", function() up() end) action("b", function() return n end)`, "a b"},
		{"through a function that is not called", `local n = 0 local function up() n = n + 1 end action("a", function() return up end) action("b", function() return n end)`, "a* | b*"},
		{"closures of a factory", `local function counter() local n = 0 return function() n = n + 1 return n end end action("a", counter()) action("b", counter())`, "a | b"},
		{"two closures of one call of a factory", `local function pair() local n = 0 return function() n = n + 1 end, function() return n end end local up, get = pair() action("a", up) action("b", get)`, "a b"},
		{"an inner function writes", `local n = 0 action("a", function() local f = function() n = n + 1 end f() end) action("b", function() return n end)`, "a b"},
		{"an inner function of an inner function writes", `local n = 0 action("a", function() return (function() return (function() n = n + 1 end)() end)() end) action("b", function() return n end)`, "a b"},
		{"locals that inner functions write", `action("a", function() local n = 0 local function up() n = n + 1 end up() return n end) action("b", function() end)`, "a* | b*"},

		// Tables.
		{"a task fills a table", `local t = {} register_function("task", "task", function() while true do t.x = 1 sleep(1) end end) action("a", function() return t.x end) action("b", function() end)`, "task a | b*"},
		{"a configuration that is read", `local t = {x = 1, y = {z = 2}} action("a", function() return t.x end) action("b", function() return t.y.z end)`, "a* | b*"},
		{"different fields", `local t = {} action("a", function() t.x = (t.x or 0) + 1 end) action("b", function() t.y = (t.y or 0) + 1 end)`, "a | b"},
		{"one field of a field", `local t = {x = {}, y = {}} action("a", function() t.x.n = 1 end) action("b", function() return t.y.n end) action("c", function() return t.x.n end)`, "a c | b*"},
		{"a key that is computed", `local t = {} action("a", function(k) t[k] = 1 end) action("b", function() return t.x end)`, "a b"},
		{"an index", `local t = {} action("a", function() t[1] = 1 end) action("b", function() return t[2] end)`, "a b"},
		{"a memoization", `local memo = {} action("a", function(k) local v = memo[k] if not v then v = k .. k memo[k] = v end return v end)`, "a"},
		{"a table of the call", `action("a", function() local t = {} t.x = 1 t[1] = 2 table.insert(t, 3) return #t end)`, "a*"},
		{"a table of the call that goes to a helper", `local config = {x = 1} local function set(t, k, v) t[k] = v return t end action("a", function() return set({}, "x", config.x).x end) action("b", function() return config.x end)`, "a* | b*"},
		{"a helper that is given what is shared", `local shared = {} local function set(t, k, v) t[k] = v end action("a", function() set(shared, "x", 1) end) action("b", function() return shared.x end)`, "a b"},
		{"an alias", `local t = {} action("a", function() local l = t l.x = 1 end) action("b", function() return t.x end)`, "a b"},
		{"either of two", `local t, u = {}, {} action("a", function(x) local l = x and t or u l.x = 1 end) action("b", function() return u.x end) action("c", function() return t.x end)`, "a b c"},
		{"a register used twice", `local t = {x = 1} action("a", function() local s do local l = t s = l.x end do local m = {} m.x = 2 return m.x + s end end) action("b", function() return t.x end)`, "a* | b*"},
		{"what a loop goes through", `local t = {{n = 0}, {n = 0}} action("a", function() for _, e in ipairs(t) do e.n = e.n + 1 end end) action("b", function() return t[1].n end)`, "a b"},
		{"a loop that only reads", `local t = {{n = 0}} action("a", function() local s = 0 for _, e in pairs(t) do s = s + e.n end return s end) action("b", function() for k, v in next, t do return v.n end end)`, "a* | b*"},
		{"table.insert", `local t = {} action("a", function() table.insert(t, 1) end) action("b", function() return #t end)`, "a b"},
		{"table.sort", `local t = {3, 1} action("a", function() table.sort(t) end) action("b", function() return t[1] end)`, "a b"},
		{"a comparator", `local n = 0 action("a", function() table.sort({2, 1}, function(x, y) n = n + 1 return x < y end) end) action("b", function() return n end)`, "a b"},
		{"rawset and rawget", `local t = {} action("a", function() rawset(t, "x", 1) end) action("b", function() return rawget(t, "x") end) action("c", function() return rawget(t, "y") end)`, "a b c"},
		{"a queue", `local q = {} register_function("task", "task", function() while true do table.remove(q, 1) sleep(1) end end) action("a", function(x) q[#q + 1] = x end)`, "task a"},
		{"returned by a function", `local t = {} local function get() return t end action("a", function() get().x = 1 end) action("b", function() return t.x end)`, "a b"},
		{"one of several results", `local t, u = {x = 1}, {x = 2} local function both() return t, u end action("a", function() local x, y = both() y.x = 1 end) action("b", function() return u.x end)`, "a b"},
		{"varargs", `local t = {} local function set(...) local x = ... x.n = 1 end action("a", function() set(t) end) action("b", function() return t.n end)`, "a b"},
		{"select", `local t = {} action("a", function() select(2, 1, t).n = 1 end) action("b", function() return t.n end)`, "a b"},
		{"table.unpack", `local t = {} local list = {t} action("a", function() local x = table.unpack(list) x.n = 1 end) action("b", function() return t.n end)`, "a b"},
		{"a very deep path", `local t = {a = {b = {c = {d = {e = {}}}}}} action("a", function() t.a.b.c.d.e.n = 1 end) action("b", function() return t.a.b.c.d.e.n end) action("c", function() return t.a.b.c.x end)`, "a b | c*"},
		{"moved to another place first", `local t, u = {}, {} action("a", function() u.t = t end) action("b", function() u.t.n = 1 end) action("c", function() return t.n end)`, "a b c"},

		// Globals.
		{"a global counter", `n = 0 action("a", function() n = n + 1 return n end) action("b", function() return n end)`, "a b"},
		{"a global that the main chunk sets", `n = 5 action("a", function() return n end) action("b", function() return n end)`, "a* | b*"},
		{"a forgotten local", `action("a", function() tmp = 1 return tmp end) action("b", function() end)`, "a | b*"},
		{"the same local forgotten twice", `action("a", function() tmp = 1 return tmp end) action("b", function() tmp = 2 return tmp end)`, "a b"},
		{"by _G", `action("a", function() _G.x = 1 end) action("b", function() return x end) action("c", function() return y end)`, "a b | c*"},
		{"by a computed name", `action("a", function(k) _G[k] = 1 end) action("b", function() return x end)`, "a b"},
		{"a global that is looked through", `action("a", function() local n = 0 for k in pairs(_G) do n = n + 1 end return n end) action("b", function() x = 1 end)`, "a b"},
		{"an _ENV of its own", `local env = {} do local _ENV = env function set() n = 1 end function get() return n end end action("a", env.set) action("b", env.get) action("c", function() return n end)`, "a b | c*"},
		{"an _ENV of the call", `action("a", function() local _ENV = {} n = 1 return n end) action("b", function() return n end)`, "a* | b*"},
		{"_ENV assigned", `action("a", function() _ENV = {n = 1} end) action("b", function() return n end)`, "a b"},
		{"a library's function replaced", `action("a", function() string.trim = function(s) return s end end) action("b", function(s) return s:trim() end) action("c", function(s) return s:upper() end)`, "a b | c*"},
		{"by the metatable of strings", `action("a", function() getmetatable("").__index.trim = function(s) return s end end) action("b", function(s) return s:trim() end)`, "a b"},
		{"a library's function replaced at load", `function string.trim(s) return s end action("a", function(s) return s:trim() end) action("b", function(s) return s:trim() end)`, "a* | b*"},

		// Modules, classes, metatables.
		{"a module that keeps nothing", `local M = {} function M.f(x) return {x} end package = {} action("a", function(x) return M.f(x)[1] end) action("b", function(x) return M.f(x)[1] end)`, "a* | b*"},
		{"a module of which one function counts", `local n = 0 local M = {} function M.up() n = n + 1 return n end function M.pure(x) return x end action("a", function() return M.up() end) action("b", function() return M.pure(1) end)`, "a | b*"},
		{"a module both of whose functions count", `local M = {n = 0} function M.up() M.n = M.n + 1 end function M.get() return M.n end action("a", function() M.up() end) action("b", function() return M.get() end)`, "a b"},
		{"objects of one class", `local C = {} C.__index = C function C.new() return setmetatable({n = 0}, C) end function C:up() self.n = self.n + 1 return self.n end local x, y = C.new(), C.new() action("a", function() return x:up() end) action("b", function() return y:up() end)`, "a | b"},
		{"one object of a class", `local C = {} C.__index = C function C:up() self.n = self.n + 1 end function C:get() return self.n end local x = setmetatable({n = 0}, C) action("a", function() x:up() end) action("b", function() return x:get() end)`, "a b"},
		{"an object of the call", `local C = {} C.__index = C function C:up() self.n = (self.n or 0) + 1 return self.n end action("a", function() return setmetatable({}, C):up() end) action("b", function() return setmetatable({}, C):up() end)`, "a* | b*"},
		{"inheritance", `local A = {} A.__index = A function A:set() self.n = 1 end local B = setmetatable({}, {__index = A}) B.__index = B local x = setmetatable({}, B) action("a", function() x:set() end) action("b", function() return x.n end)`, "a b"},
		{"__index function", `local n = 0 local t = setmetatable({}, {__index = function() n = n + 1 return n end}) action("a", function() return t.x end) action("b", function() return n end)`, "a b"},
		{"__newindex function", `local log = {} local t = setmetatable({}, {__newindex = function(_, k, v) log[k] = v end}) action("a", function() t.x = 1 end) action("b", function() return log.x end)`, "a b"},
		{"__newindex table", `local u = {} local t = setmetatable({}, {__newindex = u}) action("a", function() t.x = 1 end) action("b", function() return u.x end)`, "a b"},
		{"__call", `local n = 0 local f = setmetatable({}, {__call = function() n = n + 1 end}) action("a", function() f() end) action("b", function() return n end)`, "a b"},
		{"operators", `local n = 0 local mt = {__add = function() n = n + 1 return 1 end} local t = setmetatable({}, mt) action("a", function() return t + 1 end) action("b", function() return n end)`, "a b"},
		{"__concat", `local n = 0 local t = setmetatable({}, {__concat = function() n = n + 1 return "" end}) action("a", function() return "x" .. t end) action("b", function() return n end)`, "a b"},
		{"__lt", `local n = 0 local t = setmetatable({}, {__lt = function() n = n + 1 return true end}) action("a", function() return t < t end) action("b", function() return n end)`, "a b"},
		{"__eq", `local n = 0 local mt = {__eq = function() n = n + 1 return true end} local t, u = setmetatable({}, mt), setmetatable({}, mt) action("a", function() return t == u end) action("b", function() return n end)`, "a b"},
		{"__len", `local n = 0 local t = setmetatable({}, {__len = function() n = n + 1 return 1 end}) action("a", function() return #t end) action("b", function() return n end)`, "a b"},
		{"__tostring", `local n = 0 local t = setmetatable({}, {__tostring = function() n = n + 1 return "" end}) action("a", function() return tostring(t) end) action("b", function() return n end)`, "a b"},
		{"__close", `local n = 0 local mt = {__close = function() n = n + 1 end} action("a", function() local c <close> = setmetatable({}, mt) end) action("b", function() return n end)`, "a b"},
		{"__gc of the call", `local n = 0 local mt = {__gc = function() n = n + 1 end} action("a", function() setmetatable({}, mt) end) action("b", function() return n end)`, "a b"},
		{"__gc of the image", `local n = 0 local t = setmetatable({}, {__gc = function() n = n + 1 end}) action("a", function() return n end) action("b", function() return n, t end)`, "a b"},
		{"__pairs", `local n = 0 local t = setmetatable({}, {__pairs = function(t) n = n + 1 return next, t end}) action("a", function() for k in pairs(t) do end end) action("b", function() return n end)`, "a b"},
		{"a metatable is set", `local t = {} action("a", function() setmetatable(t, {__index = {x = 1}}) end) action("b", function() return t.x end)`, "a b"},
		{"a metatable is changed", `local mt = {} local t = setmetatable({}, mt) action("a", function() mt.__index = function() return 1 end end) action("b", function() return t.x end)`, "a b"},
		{"getmetatable", `local t = setmetatable({}, {n = 0}) action("a", function() getmetatable(t).n = 1 end) action("b", function() return getmetatable(t).n end)`, "a b"},

		// Control.
		{"goto", `local n = 0 action("a", function() local i = 0 ::top:: i = i + 1 if i < 3 then goto top end n = n + i end) action("b", function() return n end)`, "a b"},
		{"a loop changes what a register is", `local t = {} action("a", function() local l = {} for i = 1, 2 do l.x = i l = t end end) action("b", function() return t.x end)`, "a b"},
		{"a while loop", `local t = {n = {n = {}}} action("a", function() local l = t while l.n do l = l.n end l.x = 1 end) action("b", function() return t.n.n.x end)`, "a b"},
		{"pcall", `local n = 0 action("a", function() pcall(function() n = n + 1 end) end) action("b", function() return n end)`, "a b"},
		{"pcall of a field's function", `local n = 0 local M = {up = function() n = n + 1 end} action("a", function() pcall(M.up) end) action("b", function() return n end)`, "a b"},
		{"xpcall's handler", `local n = 0 action("a", function() xpcall(error, function() n = n + 1 end) end) action("b", function() return n end)`, "a b"},
		{"an error object", `local t = {} action("a", function() local _, e = pcall(error, t) e.x = 1 end) action("b", function() return t.x end)`, "a b"},
		{"gsub's function", `local n = 0 action("a", function(s) return (s:gsub(".", function() n = n + 1 end)) end) action("b", function() return n end)`, "a b"},
		{"gsub's table", `local t = {a = "b"} action("a", function(s) return (s:gsub(".", t)) end) action("b", function() t.a = "c" end)`, "a b"},
		{"passed to the host", `local t = {1} action("a", function() return echo(t)[1] end) action("b", function() t[1] = (t[1] or 0) + 1 end) action("c", function() return add(1, 2) end)`, "a b | c*"},
		{"made by the host", `local t = {x = 1} action("a", function() local r = echo({}) r.x = 1 return r.x end) action("b", function() return t.x end)`, "a* | b*"},

		// Coroutines.
		{"a generator of the image", `local gen = coroutine.wrap(function() local i = 0 while true do i = i + 1 coroutine.yield(i) end end) action("a", function() return gen() end) action("b", function() return gen() end) action("c", function() end)`, "a b | c*"},
		{"a generator that has begun", `local t = {} local gen = coroutine.wrap(function() local l = t while true do l.n = 1 coroutine.yield() end end) gen() action("a", function() return gen() end) action("b", function() return t.n end)`, "a b"},
		{"a coroutine of the call", `action("a", function() local co = coroutine.wrap(function() coroutine.yield(1) end) return co() end)`, "a*"},
		{"what a coroutine of the call does", `local n = 0 action("a", function() coroutine.wrap(function() n = n + 1 end)() end) action("b", function() return n end)`, "a b"},
		{"what goes into a coroutine", `local t = {} action("a", function() local co = coroutine.create(function() local x = coroutine.yield() x.n = 1 end) coroutine.resume(co) coroutine.resume(co, t) end) action("b", function() return t.n end)`, "a b"},
		{"what comes out of a coroutine", `local t = {} action("a", function() coroutine.wrap(function() coroutine.yield(t) end)().n = 1 end) action("b", function() return t.n end)`, "a b"},
		{"a coroutine's status", `local co = coroutine.create(function() end) action("a", function() return coroutine.status(co) end) action("b", function() coroutine.resume(co) end)`, "a b"},
		{"gmatch of the image", `local words = ("a b c"):gmatch("%a") action("a", function() return words() end) action("b", function() return words() end) action("c", function(s) return s:gmatch("%a")() end)`, "a b | c*"},

		// What may do anything.
		{"load", `action("a", function(s) load(s)() end) action("b", function() return 1 end)`, "a b"},
		{"load, not called", `local load = load action("a", function() return 1 end) action("b", function() return load == nil end)`, "a* | b*"},
		{"load of the main chunk", `local f = load("local n = 0 return function() n = n + 1 return n end")() action("a", f) action("b", function() end)`, "a | b*"},
		{"debug.setupvalue", `local n = 0 local function f() return n end action("a", function() debug.setupvalue(f, 1, 2) end) action("b", function() return f() end)`, "a b"},
		{"debug.upvaluejoin of the main chunk", `local n, m = 0, 0 local function f() n = n + 1 end local function g() return m end debug.upvaluejoin(g, 1, f, 1) action("a", f) action("b", g)`, "a b"},
		{"debug.traceback and getinfo", `action("a", function() return debug.traceback() .. debug.getinfo(1, "l").currentline end) action("b", function() end)`, "a* | b*"},
		{"math.randomseed", `action("a", function() math.randomseed(1) return math.random(9) end) action("b", function() return math.random(9) end)`, "a | b*"},
		{"a task started while serving", `local n = 0 action("a", function() register_function("task", "", function() n = n + 1 end) end) action("b", function() return n end)`, "a b"},
		{"two tasks", `local q = {} register_function("task", "task1", function() q[1] = 1 end) register_function("task", "task2", function() return q[1] end)`, "task1 task2"},
		{"chains of joins", `local n, m = 0, 0 action("a", function() n = n + 1 end) action("b", function() m = n end) action("c", function() return m end)`, "a b c"},
	}
	e := newTestEngine(t, EngineConfig{})
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			image, _ := newTestImage(t, e, tt.script, func(c *ImageConfig) { c.Processors = 2 })
			if got := groupsOf(image); got != tt.want {
				t.Errorf("got %s, want %s\n%s", got, tt.want, joinsOf(image))
			}
		})
	}
}

// joinsOf shows why registrations share instances.
func joinsOf(image *Image) string {
	var lines []string
	for _, j := range image.Joins() {
		line := fmt.Sprintf("%s-%s %s %s:%d", j.First.Name, j.Second.Name, j.What, j.Source, j.Line)
		if !j.Variable {
			line += " (may do anything)"
		}
		lines = append(lines, line)
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// TestImage_Joins holds what the reasons say. Lines begin at 2.
func TestImage_Joins(t *testing.T) {
	e := newTestEngine(t, EngineConfig{})
	for _, tt := range []struct{ name, script, want string }{
		{"upvalue", `
local hits = 0
action("a", function()
  hits = hits + 1
end)
action("b", function() return hits end)`, "a-b hits script.lua:4"},
		{"field", `
local M = {cache = {}}
action("a", function() M.cache.size = 1 end)
action("b", function() return M.cache.size end)`, "a-b M.cache.size script.lua:3"},
		{"elements", `
local cache = {}
action("a", function() cache[1] = 1 end)
action("b", function() return cache[1] end)`, "a-b cache script.lua:3"},
		{"global", `
action("a", function() last = 1 end)
action("b", function() return last end)`, "a-b last script.lua:2"},
		{"library", `
action("a", function() string.trim = 1 end)
action("b", function() return string.trim end)`, "a-b string.trim script.lua:2"},
		{"metatable", `
local t = {}
action("a", function() setmetatable(t, {}) end)
action("b", function() return t.x end)`, "a-b the metatable of t script.lua:3"},
		{"anything", `
action("a", function() load("x = 1")() end)
action("b", function() return x end)`,
			"a-b code that is made, or variables that are changed, while serving (load, debug) script.lua:2 (may do anything)"},
		{"several", `
local n, m = 0, 0
action("a", function() n = n + 1 m = m + 1 end)
action("b", function() return n + m end)`, "a-b m script.lua:3\na-b n script.lua:3"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			image, _ := newTestImage(t, e, tt.script, nil)
			if got := joinsOf(image); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

// TestSharing_hostile has scripts that are hard to analyse: it ends, and what cannot be told is one group.
func TestSharing_hostile(t *testing.T) {
	e := newTestEngine(t, EngineConfig{})
	for _, tt := range []struct{ name, script string }{
		{"a large table", `local t = {} for i = 1, 3e5 do t[i] = {i} end`},
		{"large tables of numbers", `local t = {} for i = 1, 1e6 do t[i] = i end`},
		{"a long chain", `local t = {} for i = 1, 1e5 do t = {t} end`},
		{"cycles", `local t = {} for i = 1, 1e4 do t = {t} t[1][1] = t t[2] = t end setmetatable(t, t) t.__index = t`},
		{"many functions", `local t = {} for i = 1, 2e4 do local n = 0 t[i] = function() n = n + 1 return t[n]() end end`},
		{"functions within functions", `local t = function() end for i = 1, 180 do local u = t t = function() return u() end end`},
		{"a chain of metatables", `local t = {} for i = 1, 1e3 do t = setmetatable({}, {__index = t, __call = t, __add = t}) end`},
		{"a large function", `local t = load("local t = ... " .. ("t.x = t.y t = t.z "):rep(20000))`},
		{"each function calls all", `local t = {} for i = 1, 300 do t[i] = function(x) for j = 1, #t do t[j](t[i]) end return t end end`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if testing.Short() && strings.HasPrefix(tt.name, "many") {
				t.Skip("runs until it is cut off")
			}
			image, _ := newTestImage(t, e, tt.script+`
local n = 0
action("a", function(k) n = n + 1 t[k](t).x = t[k] + t.x return n end)
action("b", function(k) n = n + 1 for i, e in pairs(t) do t[k](e, i) end return n end)
action("c", function() return 1 end)`, func(c *ImageConfig) { c.Limits = nil })
			if got := groupsOf(image); !strings.HasPrefix(got, "a b") {
				t.Errorf("got %s\n%s", got, joinsOf(image))
			}
		})
	}
}

// TestImage_Seal_unanalysed: a guest that cannot tell shares everything.
func TestImage_Seal_unanalysed(t *testing.T) {
	e := newTestEngine(t, EngineConfig{})
	image, _ := newOpenImage(t, e, nil)
	ctx := context.Background()
	if err := image.Load(ctx, Chunk{"@script.lua", `action("a", function() end) action("b", function() end)`}); err != nil {
		t.Fatal(err)
	}
	s := oneGroup(image.Registrations(), "reason")
	if s.group[1] != 0 || !s.keeps[0] || len(s.joins) != 1 || s.joins[0].What != "reason" {
		t.Errorf("got %+v", s)
	}
}

func Test_readSharing_Errors(t *testing.T) {
	registrations := []*Registration{{Name: "a"}, {Name: "b"}}
	encode := func(values ...any) []byte {
		var w abi.Writer
		for _, v := range values {
			switch v := v.(type) {
			case int:
				w.Int(int64(v))
			case bool:
				w.Bool(v)
			case string:
				w.String(v)
			}
		}
		return w.Bytes()
	}
	for _, tt := range []struct {
		name  string
		given []byte
	}{
		{"nothing", nil},
		{"too little", encode(0, true)},
		{"no such registration", encode(0, true, 2, true)},
		{"below zero", encode(0, true, -1, true)},
		{"a text for a group", encode("0", true, 0, true)},
		{"named after a member of another group", encode(1, true, 0, true)},
		{"a join of nobody", encode(0, true, 0, true, 0, 7, "x", "y", 1, true)},
		{"cut", encode(0, true, 0, true, 0, 1, "x")[:40]},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if s, err := readSharing(abi.NewReader(tt.given), registrations); err == nil {
				t.Errorf("got %+v", s)
			}
		})
	}
}

// TestSharing_parallel has executions of one registration meet each other: it keeps nothing, so that it needs no turn.
func TestSharing_parallel(t *testing.T) {
	e := newTestEngine(t, EngineConfig{})
	arrived := make(chan struct{})
	meet := func(*Call) error { // blocks as no function may, but for a test that wants two at a time
		select {
		case arrived <- struct{}{}:
		case <-arrived:
		case <-time.After(10 * time.Second):
			t.Error("the other one never came")
		}
		return nil
	}
	image, _ := newTestImage(t, e, `local meet = bind("meet") action("a", function() meet() end)`, func(c *ImageConfig) {
		c.Processors = 2
		c.Library = Libraries{Functions{"meet": meet}, c.Library}
	})
	failed := make(chan error)
	for range 2 {
		go func() {
			_, err := run(context.Background(), image, "a")
			failed <- err
		}()
	}
	for range 2 {
		if err := <-failed; err != nil {
			t.Error(err)
		}
	}
	if n := len(*image.Registration("action", "a").group.growth.instances.Load()); n != 2 {
		t.Errorf("%d instances", n)
	}
}
