-- Coroutines: the library, status, errors and close.

-- case: resume and yield pass values
local co = coroutine.create(function(a, b)
  print("start", a, b)
  local c = coroutine.yield(a + b)
  print("resumed", c)
  local d, e = coroutine.yield(c * 2)
  print("resumed", d, e)
  return "done", d
end)
print(coroutine.resume(co, 1, 2))
print(coroutine.resume(co, 10))
print(coroutine.resume(co, "x", "y"))
print(coroutine.resume(co))
-- case: status
local co
co = coroutine.create(function()
  print("inside", coroutine.status(co))
  local inner = coroutine.create(function() print("outer is", coroutine.status(co)) end)
  coroutine.resume(inner)
  print("inner is", coroutine.status(inner))
  coroutine.yield()
end)
print(coroutine.status(co)); coroutine.resume(co)
print(coroutine.status(co)); coroutine.resume(co)
print(coroutine.status(co))
-- case: wrap
local gen = coroutine.wrap(function() for i = 1, 3 do coroutine.yield(i) end end)
print(gen(), gen(), gen(), gen())
print(pcall(gen))
-- case: wrap propagates errors with a position
local f = coroutine.wrap(function() error("oops") end)
print(pcall(f))
local f = coroutine.wrap(function() error("plain", 0) end)
print(pcall(f))
local f = coroutine.wrap(function() error({code = 7}) end)
local ok, e = pcall(f)
print(ok, type(e), e.code)
local f = coroutine.wrap(function() local x = nil; x() end)
print(pcall(f))
-- case: wrap called from Lua adds the position
local f = coroutine.wrap(function() error("inner") end)
print(pcall(function()
  local x = f()
  return x
end))
-- case: dead coroutine
local co = coroutine.create(function() return 1 end)
print(coroutine.resume(co))
print(coroutine.resume(co))
print(coroutine.resume(co))
-- case: error in a coroutine
local co = coroutine.create(function() local t; t.x = 1 end)
print(coroutine.resume(co))
print(coroutine.status(co), coroutine.resume(co))
local co = coroutine.create(function() error() end)
print(coroutine.resume(co))
-- case: resume of self and of running
local co
co = coroutine.create(function() return coroutine.resume(co) end)
print(coroutine.resume(co))
print(coroutine.resume(coroutine.running()))
local w
w = coroutine.wrap(function() return w() end)
print(pcall(w))
-- case: arguments
print(pcall(coroutine.create))
print(pcall(coroutine.create, 1))
print(pcall(coroutine.wrap, "x"))
print(pcall(coroutine.resume, nil))
print(pcall(coroutine.status, {}))
print(pcall(coroutine.close, 1))
-- case: C functions as bodies
local co = coroutine.create(string.upper)
print(coroutine.resume(co, "abc"))
print(coroutine.status(co))
local co = coroutine.wrap(pcall)
print(co(error, "msg"))
local co = coroutine.wrap(coroutine.yield)
print(co(1, 2))
print(co("back"))
-- case: running and isyieldable
local co = coroutine.create(function()
  local me, main = coroutine.running()
  print(type(me), main, coroutine.isyieldable())
end)
coroutine.resume(co)
print(type(coroutine.running()), coroutine.isyieldable(coroutine.create(print)))
-- case: generators
local function range(n) return coroutine.wrap(function() for i = 1, n do coroutine.yield(i, i * i) end end) end
for i, sq in range(4) do print(i, sq) end
local function permute(a, n)
  if n <= 1 then return coroutine.yield(table.concat(a)) end
  for i = 1, n do
    a[n], a[i] = a[i], a[n]
    permute(a, n - 1)
    a[n], a[i] = a[i], a[n]
  end
end
for p in coroutine.wrap(function() permute({"a", "b", "c"}, 3) end) do print(p) end
-- case: producer and consumer
local producer = coroutine.create(function() for _, v in ipairs{"x", "y"} do coroutine.yield(v) end end)
local filter = coroutine.wrap(function()
  while true do
    local _, v = coroutine.resume(producer)
    if not v then return nil end
    coroutine.yield(v .. v)
  end
end)
print(filter()); print(filter()); print(filter())
-- case: scheduler
local log, tasks = {}, {{"a", 2}, {"b", 3}, {"c", 1}}
for _, t in ipairs(tasks) do
  t.co = coroutine.create(function() for i = 1, t[2] do log[#log + 1] = t[1] .. i; coroutine.yield() end end)
end
while #tasks > 0 do
  for i = #tasks, 1, -1 do
    coroutine.resume(tasks[i].co)
    if coroutine.status(tasks[i].co) == "dead" then table.remove(tasks, i) end
  end
end
print(table.concat(log, " "))
-- case: close a suspended coroutine
local co = coroutine.create(function()
  local x <close> = setmetatable({}, {__close = function(_, e) print("closing", e) end})
  coroutine.yield(1)
  print("never")
end)
print(coroutine.resume(co))
print(coroutine.close(co), coroutine.status(co))
print(coroutine.close(co))
-- case: close after an error
local co = coroutine.create(function() error("failed") end)
print(coroutine.resume(co))
print(coroutine.close(co))
print(coroutine.close(co))
print(coroutine.close(coroutine.create(print)))
-- case: close with an error in the handler
local co = coroutine.create(function()
  local x <close> = setmetatable({}, {__close = function() error("in close", 0) end})
  coroutine.yield()
end)
coroutine.resume(co)
print(coroutine.close(co))
print(coroutine.status(co))
-- case: close refuses running and normal
print(pcall(coroutine.close, coroutine.running()))
local outer
outer = coroutine.create(function()
  local inner = coroutine.create(function() return pcall(coroutine.close, outer) end)
  return coroutine.resume(inner)
end)
print(coroutine.resume(outer))
-- case: many values
local co = coroutine.wrap(function(...)
  local n = select("#", ...)
  while true do n = select("#", coroutine.yield(n)) end
end)
print(co(), co(nil), co(nil, nil, nil), co(table.unpack({}, 1, 200)))
-- case: many coroutines
local cos = {}
for i = 1, 200 do cos[i] = coroutine.wrap(function() local s = 0; while true do s = s + i; coroutine.yield(s) end end) end
local sum = 0
for round = 1, 3 do for i = 1, 200 do sum = sum + cos[i]() end end
print(sum)
-- case: recursion across coroutines
local function nest(n)
  if n == 0 then return "bottom" end
  return coroutine.wrap(nest)(n - 1)
end
print(nest(20))
-- case: close with pending variables in nested calls
local function guard(name) return setmetatable({}, {__close = function() print("close " .. name) end}) end
local co = coroutine.wrap(function()
  local a <close> = guard("a")
  local function inner()
    local b <close> = guard("b")
    coroutine.yield("in")
  end
  inner()
end)
print(co())
local co2 = coroutine.create(function() local c <close> = guard("c"); coroutine.yield() end)
coroutine.resume(co2)
print(coroutine.close(co2))
co()
