-- To-be-closed variables and constants.

-- case: order
local function res(n) return setmetatable({}, {__close = function(_, e) print("close " .. n, e) end}) end
do
  local a <close> = res("a")
  local b <close> = res("b")
  local c <const>, d <close> = 5, res("d")
  print("body", c)
end
print("after")
-- case: nil and false are ignored
do local a <close> = nil; local b <close> = false; print("fine", a, b) end
print(pcall(function() local x <close> = 5 end))
print(pcall(function() local x <close> = {} end))
print(pcall(function() local name <close> = "text" end))
-- case: return
local function res(n) return setmetatable({}, {__close = function() print("close " .. n) end}) end
local function f() local a <close> = res("a"); return (function() print("computing"); return 1, 2 end)() end
print(f())
local function g() local x = 1; local a <close> = setmetatable({}, {__close = function() x = 99 end}); return x end
print(g())
-- case: break and goto
local function res(n) return setmetatable({}, {__close = function() print("close " .. n) end}) end
for i = 1, 3 do
  local a <close> = res(i)
  if i == 2 then break end
end
do
  local i = 1
  ::top::
  do
    local x <close> = res("loop " .. i)
    i = i + 1
    if i <= 3 then goto top end
  end
end
for i = 1, 2 do
  local y <close> = res("continue " .. i)
  goto continue
  ::continue::
end
-- case: while and repeat
local function res(n) return setmetatable({}, {__close = function() print("close " .. n) end}) end
local i = 0
while i < 2 do i = i + 1; local a <close> = res("while " .. i) end
i = 0
repeat i = i + 1; local a <close> = res("repeat " .. i); local stop = i == 2 until stop
-- case: error passes through
local function res(n) return setmetatable({}, {__close = function(_, e) print("close " .. n, e) end}) end
print(pcall(function()
  local a <close> = res("a")
  local b <close> = res("b")
  error("boom", 0)
end))
-- case: error in close replaces the error
local function bad(n) return setmetatable({}, {__close = function(_, e) print("close " .. n, e); error(n .. " failed", 0) end}) end
print(pcall(function()
  local a <close> = bad("a")
  local b <close> = bad("b")
  error("first", 0)
end))
print(pcall(function() local a <close> = bad("only"); return "value" end))
-- case: error in close on a normal exit
local function res(n) return setmetatable({}, {__close = function(_, e) print("close " .. n, e) end}) end
print(pcall(function()
  local a <close> = res("outer")
  do
    local b <close> = setmetatable({}, {__close = function() error("inner", 0) end})
  end
  print("never")
end))
-- case: the for loop's closing value
local function iterate(n)
  local closer = setmetatable({}, {__close = function(_, e) print("loop closed", e) end})
  return function(_, i) i = i + 1; if i <= n then return i end end, nil, 0, closer
end
for i in iterate(2) do print(i) end
for i in iterate(5) do if i == 2 then break end end
print(pcall(function() for i in iterate(3) do error("inside", 0) end end))
local function f() for i in iterate(3) do return "returned " .. i end end
print(f())
-- case: the for loop refuses a bad closing value
print(pcall(function() for i in next, {}, nil, 5 do end end))
print(pcall(function() for i in next, {}, nil, {} do end end))
print(pcall(function() for i in next, {}, nil, false do end return "ok" end))
-- case: metamethod removed before closing
print(pcall(function()
  local mt = {__close = function() print("never") end}
  local x <close> = setmetatable({}, mt)
  mt.__close = nil
end))
print(pcall(function()
  local mt = {__close = print}
  local x <close> = setmetatable({}, mt)
  mt.__close = 5
end))
-- case: metamethod that changes
local mt = {__close = function() print("old") end}
do local x <close> = setmetatable({}, mt); mt.__close = function() print("new") end end
-- case: captured by a closure
local seen
do
  local x <close> = setmetatable({v = 1}, {__close = function(self) self.v = "closed" end})
  seen = function() return x.v end
  print(seen())
end
print(seen())
-- case: tail calls are not tail calls
local function res(n) return setmetatable({}, {__close = function() print("close " .. n) end}) end
local function last() print("last"); return "result" end
local function f() local x <close> = res("x"); return last() end
print(f())
-- case: constants
local a <const>, b <const> = 10, "text"
print(a + 1, b .. "!", -a)
print(load("local x <const> = 1; x = 2"))
print(load("local x <close> = nil; x = 2"))
print(load("local x <other> = 1"))
print(load("local a <close>, b <close> = 1, 2"))
print(load("local x <const> = 1; return function() x = 3 end"))
-- case: compile-time constants
local N <const> = 3
local t = {}
for i = 1, N do t[#t + 1] = i * N end
print(table.concat(t, " "), N == 3 and "three", N // 2, N << N)
local NAME <const>, ON <const>, NONE <const> = "n", true, nil
print(({n = "field"})[NAME], ON and "on" or "off", NONE)
-- case: nested functions and errors
local function res(n) return setmetatable({}, {__close = function(_, e) print(n, e and "error" or "normal") end}) end
local function c() local z <close> = res("z"); local t; return t.x end
local function b() local y <close> = res("y"); local v = c(); return v end
print(pcall(b))
-- case: close inside close
local function res(n) return setmetatable({}, {__close = function() print("close " .. n) end}) end
do
  local x <close> = setmetatable({}, {__close = function()
    local inner <close> = res("inner")
    print("closing x")
  end})
end
-- case: varargs survive closing
local function f(...) local x <close> = setmetatable({}, {__close = function() print("closed") end}); return ... end
print(f(1, nil, 3))
print(select("#", f(nil, nil)))
-- case: uncaught error closes first
local x <close> = setmetatable({}, {__close = function(_, e) print("closing with", e) end})
error("the end")
