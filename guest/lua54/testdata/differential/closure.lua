-- Closures and upvalues.

-- case: counters
local function counter() local n = 0; return function() n = n + 1; return n end end
local a, b = counter(), counter()
print(a(), a(), b(), a(), b())
-- case: shared upvalues
local function pair() local v = 0; return function(x) v = x end, function() return v end end
local set, get = pair()
set("shared")
print(get())
local set2, get2 = pair()
print(get2(), get())
-- case: fresh variable in each loop
local fs = {}
for i = 1, 3 do fs[i] = function() i = i + 10; return i end end
print(fs[1](), fs[1](), fs[2](), fs[3]())
for k, v in ipairs{"a", "b"} do fs[k] = function() return k .. v end end
print(fs[1](), fs[2]())
local i = 0
while i < 3 do i = i + 1; local j = i; fs[i] = function() return j, i end end
print(fs[1](), fs[3]())
-- case: repeat with an upvalue in the condition
local fs, i = {}, 0
repeat i = i + 1; local x = i * 2; fs[i] = function() return x end until (function() return x >= 6 end)()
print(#fs, fs[1](), fs[3]())
-- case: break closes upvalues
local f
for i = 1, 10 do local x = i; f = function() x = x + 1; return x end; if i == 3 then break end end
print(f(), f())
-- case: parameters as upvalues
local function f(a, ...) local b = ...; return function() a = a + 1; b = b .. "!"; return a, b end end
local g = f(1, "x")
print(g()); print(g())
-- case: deep nesting
local function l1() local a = 1
  return function() local b = 2
    return function() local c = 3
      return function() a, b, c = a + 1, b + 1, c + 1; return a, b, c end
    end
  end
end
local f = l1()()()
print(f()); print(f())
-- case: recursive local functions
local function fact(n) return n <= 1 and 1 or n * fact(n - 1) end
print(fact(10), fact(20), fact(21))
local f = function(n) return n == 0 and "end" or f(n - 1) end
print(pcall(f, 1))
-- case: mutual recursion
local even, odd
function even(n) if n == 0 then return true end return odd(n - 1) end
function odd(n) if n == 0 then return false end return even(n - 1) end
print(even(1000), odd(7), even(7))
-- case: upvalues outlive their function and coroutine
local get
local co = coroutine.create(function() local x = "inside"; get = function() return x end; coroutine.yield(); x = "changed" end)
coroutine.resume(co)
print(get())
coroutine.resume(co)
print(get())
-- case: upvalues survive errors
local get
print(pcall(function() local x = 1; get = function() x = x + 1; return x end; error("out", 0) end))
print(get(), get())
-- case: functions are distinct
local function make() return function() end end
print(make() == make(), make == make)
local t = {}
for i = 1, 2 do t[i] = function() return i end end
print(t[1] == t[2])
-- case: Y combinator and currying
local Y = function(f) return (function(x) return x(x) end)(function(x) return f(function(...) return x(x)(...) end) end) end
print(Y(function(self) return function(n) return n < 2 and n or self(n - 1) + self(n - 2) end end)(12))
local add = function(a) return function(b) return function(c) return a + b + c end end end
print(add(1)(2)(3))
-- case: memoise
local calls = 0
local function memo(f) local cache = {}; return function(n) local v = cache[n]; if v == nil then v = f(n); cache[n] = v end; return v end end
local fib; fib = memo(function(n) calls = calls + 1; return n < 2 and n or fib(n - 1) + fib(n - 2) end)
print(fib(60), calls)
-- case: limit of upvalues
local names, uses = {}, {}
for i = 1, 150 do names[i] = "v" .. i; uses[i] = "v" .. i end
local src = "local " .. table.concat(names, ",") .. " = 1\n"
print(load(src .. "return function() return " .. table.concat(uses, ",") .. " end") ~= nil)
local many = {}
for i = 1, 300 do many[i] = (i % 100 == 1 and (i > 1 and "return function() " or "") or "") .. "local u" .. i .. " = " .. i end
local use = {}
for i = 1, 300 do use[i] = "u" .. i end
local _, message = load(table.concat(many, "\n") .. "\nreturn function() return " .. table.concat(use, "+") .. " end" .. (" end"):rep(2))
print(message and message:match("too many upvalues.*"))
