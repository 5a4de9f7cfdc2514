-- Metamethods of operators.

-- case: arithmetic
local mt = {}
for _, op in ipairs{"add", "sub", "mul", "div", "mod", "pow", "idiv"} do
  mt["__" .. op] = function(a, b) return op .. " " .. type(a) .. " " .. type(b) end
end
local x = setmetatable({}, mt)
print(x + 1); print(1 - x); print(x * x); print(x / "s")
print(2.5 % x); print(x ^ 2); print("10" // x)
-- case: bitwise
local mt = {}
for _, op in ipairs{"band", "bor", "bxor", "shl", "shr"} do
  mt["__" .. op] = function(a, b) return op .. " " .. type(a) .. " " .. type(b) end
end
local x = setmetatable({}, mt)
print(x & 1); print(1 | x); print(x ~ "s"); print(x << 1); print(1 >> x); print(1.5 & x); print("a" | x)
-- case: operands keep their order with constants
local mt = {__add = function(a, b) return type(a) .. "+" .. type(b) end, __sub = function(a, b) return type(a) .. "-" .. type(b) end,
  __shl = function(a, b) return type(a) .. "<<" .. type(b) end, __band = function(a, b) return type(a) .. "&" .. type(b) end}
local x = setmetatable({}, mt)
print(x + 5, 5 + x, x - 5, 5 - x, x << 5, 5 << x, x & 5, 5 & x, x + 1.5, 1.5 + x, x + 1000000, 1000000 + x)
-- case: unary
local x = setmetatable({}, {
  __unm = function(a, b) return "unm " .. tostring(rawequal(a, b)) end,
  __bnot = function(a, b) return "bnot " .. tostring(rawequal(a, b)) end,
  __len = function(a, b) return "len " .. tostring(rawequal(a, b)) end,
})
print(-x, ~x, #x)
-- case: first operand wins
local a = setmetatable({}, {__add = function() return "a" end})
local b = setmetatable({}, {__add = function() return "b" end})
print(a + b, b + a, a + 1, 1 + b)
print(pcall(function() return a - b end))
-- case: only one result
local x = setmetatable({}, {__add = function() return 1, 2, 3 end, __concat = function() end, __len = function() return nil, 2 end})
print(x + x, (x + x), select("#", x + x), x .. "", #x)
-- case: concat
local mt = {__concat = function(a, b)
  local l = type(a) == "table" and "T" or tostring(a)
  local r = type(b) == "table" and "T" or tostring(b)
  return "(" .. l .. r .. ")"
end}
local x = setmetatable({}, mt)
print(x .. "a", "a" .. x, x .. x, 1 .. x, x .. 2.5)
print("a" .. "b" .. x, x .. "a" .. "b", "a" .. x .. "b", 1 .. 2 .. x .. 3 .. 4)
-- case: equality
local calls = 0
local mt = {__eq = function(a, b) calls = calls + 1; return a.v == b.v end}
local a, b, c = setmetatable({v = 1}, mt), setmetatable({v = 1}, mt), setmetatable({v = 2}, mt)
print(a == b, a == c, a ~= c, a == a, calls)
print(a == 1, a == "x", a == nil, calls)
print(a == {v = 1}, {v = 1} == a, calls)
-- case: equality results become booleans
local x = setmetatable({}, {__eq = function() return "truthy" end})
local y = setmetatable({}, {__eq = function() return nil end})
print(x == y, y == x, x ~= y, y ~= x)
-- case: equality inside tables and library functions
local mt = {__eq = function() return true end}
local a, b = setmetatable({}, mt), setmetatable({}, mt)
local t = {[a] = "a"}
print(a == b, t[a], t[b], rawequal(a, b))
-- case: order
local mt = {}
mt.__lt = function(a, b) return "lt" end
mt.__le = function(a, b) return nil end
local a, b = setmetatable({}, mt), setmetatable({}, mt)
print(a < b, a > b, a <= b, a >= b, not (a < b))
print(a < 1, 1 < a, a < "x", a <= 1, 2.5 >= a)
-- case: order swaps its operands
local seen = {}
local mt = {__lt = function(a, b) seen[#seen + 1] = (type(a) == "table" and a.n or a) .. "<" .. (type(b) == "table" and b.n or b); return true end}
local a, b = setmetatable({n = "a"}, mt), setmetatable({n = "b"}, mt)
local _ = a < b, a > b, a < 1, a > 1, 1 < b, 1 > b
print(table.concat(seen, " "))
-- case: no order without metamethods
print(pcall(function() return {} < {} end))
print(pcall(function() return {} < 1 end))
print(pcall(function() return nil <= 1 end))
print(pcall(function() return print > print end))
print(pcall(function() return true < false end))
-- case: errors inside a metamethod
local x = setmetatable({}, {__add = function() error("in add") end, __lt = function() error("in lt", 0) end})
print(pcall(function() return x + 1 end))
print(pcall(function() return x < x end))
print(pcall(function() return x .. x end))
-- case: metamethod that is not a function
local x = setmetatable({}, {__add = {}, __concat = 5})
print(pcall(function() return x + 1 end))
print(pcall(function() return x .. "" end))
local callable = setmetatable({}, {__call = function(self, a, b) return "called", a == b end})
print(setmetatable({}, {__add = callable}) + 1)
-- case: numbers get metamethods through debug
debug.setmetatable(1, {__index = function(n, k) return k .. n end, __call = function(n, x) return n * x end})
local n = 5
print(n.foo, n(3), (2)(4), (1.5).bar)
debug.setmetatable(1, nil)
print(pcall(function() return n.foo end))
-- case: functions and nil get metamethods through debug
debug.setmetatable(print, {__concat = function(f, g) return "composed" end, __index = function(_, k) return "f." .. k end})
debug.setmetatable(nil, {__index = function(_, k) return "nil." .. k end})
print(print .. print, print.name, (nil).x, undefinedName.y)
debug.setmetatable(print, nil)
debug.setmetatable(nil, nil)
print(pcall(function() return undefinedName.y end))
