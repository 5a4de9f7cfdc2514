-- xpcall, message handlers and debug.traceback.

-- case: handler
print(xpcall(function() error("e", 0) end, function(m) return m .. " handled" end))
print(xpcall(function(...) return select("#", ...), ... end, print, 1, nil, 3))
print(xpcall(function() local x; x() end, string.upper))
print(xpcall(error, function(m) return type(m), "extra" end))
print(xpcall(error, function(m) return m.code end, {code = 12}))
-- case: handler arguments
print(pcall(xpcall))
print(pcall(xpcall, print))
print(pcall(xpcall, print, 5))
print(xpcall(nil, function(m) return "H:" .. m end))
-- case: handler without a result
print(xpcall(error, function() end, "x"))
print(select("#", xpcall(error, function() end, "x")))
-- case: error in the handler
print(xpcall(error, function(m) error("again", 0) end, "first") == false)
local calls = 0
local ok, m = xpcall(error, function(m) calls = calls + 1; if calls < 3 then error("retry " .. calls, 0) end; return m end, "first")
print(ok, m, calls)
-- case: handler runs where the error was
local function deep() local marker = "here"; error("x", 0) end
print(xpcall(deep, function(m)
  local name, value = debug.getlocal(3, 1)
  return m .. " " .. tostring(name) .. "=" .. tostring(value)
end))
-- case: nested handlers
print(xpcall(function()
  print(xpcall(error, function(m) return "inner " .. m end, "a"))
  error("b", 0)
end, function(m) return "outer " .. m end))
-- case: pcall inside xpcall
print(xpcall(function()
  print(pcall(error, "quiet", 0))
  return "value"
end, function(m) print("handler called"); return m end))
-- case: traceback of plain functions
local function f() error("deep") end
local function g() f() end
function h() g() end
print(select(2, xpcall(h, debug.traceback)))
-- case: traceback of methods and fields
local obj = {lib = {}}
function obj:method() print(debug.traceback("method", 1)) end
function obj.lib.fn() obj:method() end
function glob() obj.lib.fn() end
glob()
-- case: traceback of anonymous functions and tail calls
local function last() print(debug.traceback("last")) end
local function tail() return last() end
(function() tail() end)()
-- case: traceback through C functions
table.sort({2, 1}, function(a, b) print(debug.traceback("in sort")); return a < b end)
print((("x"):gsub("x", function() return debug.traceback("in gsub") end)))
print(select(2, pcall(function() return debug.traceback("in pcall") end)))
-- case: traceback messages
print(debug.traceback("text", 100))
print(debug.traceback(nil, 100))
print(debug.traceback(5, 100))
local t = {}
print(debug.traceback(t) == t, debug.traceback(true))
-- case: traceback levels
local function f() print(debug.traceback("zero", 0)); print(debug.traceback("one", 1)); print(debug.traceback("two", 2)) end
f()
-- case: traceback of coroutines
local co = coroutine.create(function() local function inner() coroutine.yield() end; inner(); error("later") end)
print(debug.traceback(co))
coroutine.resume(co)
print(debug.traceback(co)); print(debug.traceback(co, "message")); print(debug.traceback(co, "level", 1)); print(debug.traceback(co, nil, 5))
coroutine.resume(co)
print(debug.traceback(co, "dead"))
-- case: traceback of deep recursion is cut
local function down(n) if n == 0 then error("bottom") end down(n - 1) end
print(select(2, xpcall(down, debug.traceback, 40)))
-- case: traceback through metamethods and iterators
local t = setmetatable({}, {__index = function(_, k) return debug.traceback(k) end, __add = function() return debug.traceback("add") end})
print(t.key); print(t + 1)
for x in function(_, i) if not i then return debug.traceback("iterator") end end do print(x) end
-- case: traceback in a close handler
do local x <close> = setmetatable({}, {__close = function() print(debug.traceback("closing")) end}) end
-- case: traceback of loaded chunks
load("print(debug.traceback('chunk'))", "=loaded", "t", _ENV)()
load("local function f() print(debug.traceback('function')) end f()", "@file.lua", "t", _ENV)()
load("\n\nprint(debug.traceback('text'))", "some text", "t", _ENV)()
