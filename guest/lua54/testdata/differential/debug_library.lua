-- The parts of the debug library that look and do not interfere.

-- case: getinfo of a function
local function f(a, b, ...)
  return a
end
local i = debug.getinfo(f)
print(i.what, i.short_src, i.source, i.linedefined, i.lastlinedefined, i.nups, i.nparams, i.isvararg, i.currentline, i.func == f)
-- case: getinfo of C functions
local i = debug.getinfo(string.rep)
print(i.what, i.short_src, i.source, i.linedefined, i.lastlinedefined, i.currentline, i.nparams, i.isvararg, i.namewhat)
-- case: getinfo by level
local function where() local i = debug.getinfo(2, "Sl"); return i.short_src .. ":" .. i.currentline end
print(where())

print(where())
print(debug.getinfo(100), debug.getinfo(1, "l").currentline, debug.getinfo(1, "S").what)
-- case: names
local t = {}
local function name() local i = debug.getinfo(2, "n"); return i.namewhat, i.name end
local function l() return (select("#", name())), name() end
function g() local a, b = name(); return a, b end
function t.field() local a, b = name(); return a, b end
function t:method() local a, b = name(); return a, b end
print(g()); print(t.field()); print(t:method()); local a, b, c = l(); print(a, b, c)
-- case: active lines
local lines = debug.getinfo(load("local x = 1\n\nlocal y = 2\nreturn x + y"), "L").activelines
local list = {}
for n in pairs(lines) do list[#list + 1] = n end
table.sort(list)
print(table.concat(list, " "))
-- case: options
local i = debug.getinfo(1, "t")
print(i.istailcall, i.source, i.func)
print(debug.getinfo(string.len, "u").nups ~= nil, pcall(debug.getinfo, 1, "X"))
print(pcall(debug.getinfo)); print(pcall(debug.getinfo, "x"))
local function tail() return debug.getinfo(1, "t").istailcall end
local function call() return tail() end
print(call(), (tail()))
-- case: getlocal
local function f(a, b, ...)
  local c = 3
  local n = 1
  while true do
    local name, value = debug.getlocal(1, n)
    if not name or name == "name" then break end
    print(name, value)
    n = n + 1
  end
  print(debug.getlocal(1, -1)); print(debug.getlocal(1, -2)); print(debug.getlocal(1, -3))
end
f(1, 2, "v1", "v2")
-- case: getlocal of parameters
local function f(first, second, ...) end
print(debug.getlocal(f, 1), debug.getlocal(f, 2), debug.getlocal(f, 3))
print(pcall(debug.getlocal, 100, 1)); print(pcall(debug.getlocal, string.len)); print(debug.getlocal(string.len, 1))
-- case: setlocal
local x = 1
print(debug.setlocal(1, 1, "set"), x)
print(debug.setlocal(1, 50, "none")); print(pcall(debug.setlocal, 100, 1, 1))
-- case: locals of a coroutine
local co = coroutine.create(function(p) local q = p * 2; coroutine.yield(); return q end)
coroutine.resume(co, 21)
print(debug.getlocal(co, 1, 1)); print(debug.getlocal(co, 1, 2))
print(debug.setlocal(co, 1, 2, "changed")); print(coroutine.resume(co))
-- case: upvalues
local a, b = 1, 2
local function f() return a, b end
print(debug.getupvalue(f, 1)); print(debug.getupvalue(f, 2)); print(debug.getupvalue(f, 3))
print(debug.setupvalue(f, 1, "new"), a); print(f())
print(pcall(debug.getupvalue, 1, 1)); print(debug.getupvalue(string.len, 100))
-- case: upvalueid and upvaluejoin
local x, y = 1, 2
local function f() return x end
local function g() return x, y end
print(debug.upvalueid(f, 1) == debug.upvalueid(g, 1), debug.upvalueid(f, 1) == debug.upvalueid(g, 2), debug.upvalueid(f, 5))
debug.upvaluejoin(f, 1, g, 2)
print(f(), debug.upvalueid(f, 1) == debug.upvalueid(g, 2))
print(pcall(debug.upvaluejoin, f, 9, g, 1)); print(pcall(debug.upvaluejoin, string.len, 1, g, 1))
-- case: metatables and user values
local t = setmetatable({}, {__metatable = "hidden"})
print(getmetatable(t), type(debug.getmetatable(t)), debug.setmetatable(t, nil) == t, getmetatable(t))
print(debug.getmetatable("").__index ~= nil, debug.getuservalue(1), pcall(debug.setmetatable, {}, 5))
