-- Messages about values of the wrong type, with the names of variables.

-- case: index a local
local t
print(pcall(function() local v; return v.x end))
print(pcall(function() local v; v.x = 1 end))
print(pcall(function() return t.x end))
print(pcall(function() t.x = 1 end))
-- case: index a global or field
print(pcall(function() return missing.x end))
print(pcall(function() missing.x = 1 end))
local t = {a = {}}
print(pcall(function() return t.b.c end))
print(pcall(function() return t.a.b.c end))
print(pcall(function() t.a.b.c = 1 end))
print(pcall(function() return t[1].x end))
print(pcall(function() return t["two words"].x end))
-- case: index with variable keys
local t, k, n = {}, "key", 5
print(pcall(function() return t[k].x end))
print(pcall(function() return t[n].x end))
print(pcall(function() local i = 2; return t[i].x end))
print(pcall(function() return t[k .. "z"].x end))
-- case: index other types
print(pcall(function() return (5).x end))
print(pcall(function() return (true).x end))
print(pcall(function() return print.x end))
print(pcall(function() local f = function() end; f.x = 1 end))
print(pcall(function() return (nil)[1] end))
-- case: index results of calls
local function f() end
print(pcall(function() return f().x end))
print(pcall(function() return (f() or nil).x end))
print(pcall(function() return ("x").y.z end))
-- case: call
local t = {}
print(pcall(function() local v; v() end))
print(pcall(function() missing() end))
print(pcall(function() t.f() end))
print(pcall(function() t:m() end))
print(pcall(function() t() end))
print(pcall(function() t.a.b() end))
print(pcall(function() (5)() end))
print(pcall(function() ("x")() end))
print(pcall(function() t[1]() end))
-- case: call results
local function f() end
print(pcall(function() f()() end))
print(pcall(function() return f()() end))
print(pcall(function() string.nothing("x") end))
print(pcall(function() ("x"):nothing() end))
print(pcall(pcall))
print(pcall(nil))
print(pcall(5))
-- case: arithmetic
local t = {}
print(pcall(function() local a; return a + 1 end))
print(pcall(function() return missing - 1 end))
print(pcall(function() return t.x * 2 end))
print(pcall(function() return 1 / t end))
print(pcall(function() return -t end))
print(pcall(function() return t ^ 2 end))
print(pcall(function() return true + 1 end))
print(pcall(function() return 1 + print end))
-- case: arithmetic names the second operand when it is at fault
local a, b = 1
print(pcall(function() return a + b end))
print(pcall(function() return b + a end))
print(pcall(function() return "x" + a end))
print(pcall(function() return a + "x" end))
print(pcall(function() return 2 * nil end))
-- case: bitwise
local t = {}
print(pcall(function() return t & 1 end))
print(pcall(function() return 1 | nil end))
print(pcall(function() return ~t end))
print(pcall(function() local s = "a"; return s ~ 1 end))
print(pcall(function() local x = 2.5; return 1 & x end))
print(pcall(function() return t.x << 1 end))
print(pcall(function() return 1 >> 1.5 end))
-- case: concatenation
local t = {}
print(pcall(function() return "a" .. t end))
print(pcall(function() return t .. "a" end))
print(pcall(function() return "a" .. t.x end))
print(pcall(function() return "a" .. missing end))
print(pcall(function() return 1 .. true end))
print(pcall(function() return "a" .. "b" .. nil .. "c" end))
print(pcall(function() local f = print; return f .. f end))
-- case: length
local t = {}
print(pcall(function() local n; return #n end))
print(pcall(function() return #missing end))
print(pcall(function() return #t.x end))
print(pcall(function() return #5 end))
print(pcall(function() return #print end))
-- case: comparison
print(pcall(function() return 1 < "2" end))
print(pcall(function() return {} < {} end))
print(pcall(function() return nil < 1 end))
print(pcall(function() return "a" >= 1 end))
print(pcall(function() local x; return x > 5 end))
print(pcall(function() return 1 <= true end))
print(pcall(function() return coroutine.create(print) < print end))
-- case: names through self and upvalues
local obj = {}
function obj:run() return self.state.count end
function obj:call() return self:missing() end
print(pcall(obj.run, obj))
print(pcall(obj.call, obj))
print(pcall(function() obj.run() end))
-- case: constants as names
local K <const> = "key"
local t = {}
print(pcall(function() return t[K].x end))
print(pcall(function() return t.x.y.z end))
print(pcall(function() return _ENV.missing.x end))
print(pcall(function() return _G.missing.x end))
-- case: uncaught with a line
local config = {}

print(config.server.name)
-- case: uncaught call of a missing method
local s = "text"
s:explode(",")
