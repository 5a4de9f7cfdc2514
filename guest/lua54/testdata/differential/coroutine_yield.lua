-- Where a coroutine may yield: protected calls, metamethods, iterators.

-- case: across pcall
local co = coroutine.wrap(function()
  local ok, v = pcall(function()
    local got = coroutine.yield("in pcall")
    error("after " .. got, 0)
  end)
  print(ok, v)
  return "end"
end)
print(co())
print(co("resume"))
-- case: across nested pcall
local co = coroutine.wrap(function()
  print(pcall(pcall, function() coroutine.yield(1); error("deep", 0) end))
  print(pcall(pcall, pcall, coroutine.yield, 2))
end)
print(co()); print(co()); co("value")
-- case: across xpcall
local co = coroutine.wrap(function()
  return xpcall(function(a) local b = coroutine.yield(a); error(a + b) end, function(m) return "handled: " .. m end, 1)
end)
print(co()); print(co(41))
-- case: across error and again
local co = coroutine.wrap(function()
  for i = 1, 3 do
    print(pcall(function() coroutine.yield(i); error("round " .. i, 0) end))
  end
end)
co(); co(); co(); co()
-- case: across arithmetic metamethods
local mt = {}
for _, op in ipairs{"add", "sub", "mul", "div", "mod", "pow", "idiv", "band", "bor", "bxor", "shl", "shr"} do
  mt["__" .. op] = function() return coroutine.yield(op) end
end
local co = coroutine.wrap(function(x)
  return x + 1, 1 - x, x * 2, x / 2, x % 2, x ^ 2, x // 2, x & 1, x | 1, x ~ 1, x << 1, 1 >> x
end)
local r, out, n = co(setmetatable({}, mt)), {}, 0
while type(r) == "string" do out[#out + 1] = r; n = n + 1; r = co(n) end
print(table.concat(out, " "), r)
-- case: across unary and length
local mt = {__unm = function() return coroutine.yield("unm") end, __bnot = function() return coroutine.yield("bnot") end,
  __len = function() return coroutine.yield("len") end}
local co = coroutine.wrap(function() local x = setmetatable({}, mt); return "results", -x, ~x, #x end)
print(co()); print(co("a")); print(co("b")); print(co("c"))
-- case: across concat
local mt = {__concat = function(a, b)
  coroutine.yield("concat")
  return (type(a) == "table" and "T" or a) .. (type(b) == "table" and "T" or b)
end}
local co = coroutine.wrap(function() local x = setmetatable({}, mt); return "a" .. x .. "b" .. "c" .. x end)
print(co()); print(co()); print(co())
-- case: across comparison
local mt = {__lt = function() return coroutine.yield("lt") end, __le = function() return coroutine.yield("le") end,
  __eq = function() return coroutine.yield("eq") end}
local co = coroutine.wrap(function()
  local a, b = setmetatable({}, mt), setmetatable({}, mt)
  local r = {}
  r[1] = a < b and "yes" or "no"
  r[2] = a <= b and "yes" or "no"
  r[3] = a == b and "yes" or "no"
  if not (a > 1) then r[4] = "not" else r[4] = "is" end
  if a ~= b then r[5] = "different" else r[5] = "same" end
  return table.concat(r, " ")
end)
print(co()); print(co(true)); print(co(false)); print(co(1)); print(co(nil)); print(co(true))
-- case: across index and newindex
local t = setmetatable({}, {
  __index = function(_, k) return coroutine.yield("get " .. k) end,
  __newindex = function(t, k, v) coroutine.yield("set " .. k); rawset(t, k, v) end,
})
local co = coroutine.wrap(function() t.x = t.a; t[1] = t[2]; return t.x, t[1] end)
print(co()); print(co("A")); print(co()); print(co("B")); print(co())
-- case: across call and tail call
local callable = setmetatable({}, {__call = function(_, x) return coroutine.yield(x), "called" end})
local co = coroutine.wrap(function() local r = callable(1); return callable(r) end)
print(co()); print(co("r")); print(co("end"))
-- case: across iterators
local co = coroutine.wrap(function()
  for i in function(_, i) i = (i or 0) + 1; coroutine.yield("next " .. i); if i < 3 then return i end end do
    print("body", i)
  end
  return "done"
end)
print(co()); print(co()); print(co()); print(co())
-- case: across pairs with a metamethod
local t = setmetatable({}, {__pairs = function(t) coroutine.yield("in pairs"); return next, {9}, nil end})
local co = coroutine.wrap(function() for k, v in pairs(t) do print(k, v) end return "done" end)
print(co()); print(co())
-- case: across close
local co = coroutine.wrap(function()
  do
    local x <close> = setmetatable({}, {__close = function(_, e) coroutine.yield("closing"); print("closed", e) end})
    print("body")
  end
  return "after"
end)
print(co()); print(co())
-- case: across close on return and error
local function closer(name) return setmetatable({}, {__close = function(_, e) coroutine.yield(name); print(name, e) end}) end
local co = coroutine.wrap(function()
  local function f() local a <close> = closer("a"); local b <close> = closer("b"); return 1, 2, 3 end
  print(f())
  print(pcall(function() local c <close> = closer("c"); error("err", 0) end))
end)
print(co()); print(co()); print(co()); co()
-- case: not across C functions
local function try(f, ...)
  print(coroutine.resume(coroutine.create(f), ...))
end
try(table.sort, {2, 1}, coroutine.yield)
try(string.gsub, "a", "a", coroutine.yield)
try(load, coroutine.yield)
try(tostring, setmetatable({}, {__tostring = coroutine.yield}))
-- case: in a loaded chunk
local co = coroutine.wrap(load("local x = coroutine.yield(...) return x, ..."))
print(co("first")); print(co("second"))
-- case: not from metamethods that library functions call
local t = setmetatable({}, {__index = function() coroutine.yield() end})
print(coroutine.resume(coroutine.create(table.unpack), t, 1, 2))
print(coroutine.resume(coroutine.create(table.concat), setmetatable({}, {__len = coroutine.yield})))
-- case: yield inside a yield chain
local function level(n)
  if n == 0 then coroutine.yield("bottom"); return 0 end
  return level(n - 1) + 1
end
local co = coroutine.wrap(level)
print(co(50)); print(co())
-- case: inner coroutine yields only its own
local outer = coroutine.wrap(function()
  local inner = coroutine.wrap(function() coroutine.yield("inner 1"); coroutine.yield("inner 2") end)
  coroutine.yield(inner()); coroutine.yield("outer"); coroutine.yield(inner())
end)
print(outer()); print(outer()); print(outer())
-- case: varargs kept over a yield
local co = coroutine.wrap(function(...) coroutine.yield(...); return select("#", ...), ... end)
print(co(1, nil, 3, nil)); print(co())
