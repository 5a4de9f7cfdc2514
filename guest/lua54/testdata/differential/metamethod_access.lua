-- Metamethods of access, calls and inspection.

-- case: __index function and table
local t = setmetatable({own = 1}, {__index = function(t, k) return k .. "?" end})
print(t.own, t.other, t[1], rawget(t, "other"))
local base = {a = 1, b = 2}
local d = setmetatable({b = 3}, {__index = base})
print(d.a, d.b, d.c)
-- case: __index chains
local a = {x = "from a"}
local b = setmetatable({y = "from b"}, {__index = a})
local c = setmetatable({}, {__index = b})
local d = setmetatable({}, {__index = function(_, k) return c[k] end})
print(c.x, c.y, c.z, d.x, d.y, d.z)
-- case: __index loop
local a, b = {}, {}
setmetatable(a, {__index = b}); setmetatable(b, {__index = a})
print(pcall(function() return a.x end))
local t = setmetatable({}, {}); getmetatable(t).__newindex = t
print(pcall(function() t.x = 1 end))
-- case: __index of other values
local t = setmetatable({}, {__index = "text"})
print(t.len == string.len)
local t = setmetatable({}, {__index = 5})
print(pcall(function() return t.x end))
-- case: __index one result and nil
local t = setmetatable({}, {__index = function() return 1, 2 end})
print(t.x, (select("#", t.x)))
print(setmetatable({}, {__index = function() end}).x)
-- case: __newindex
local log = {}
local t = setmetatable({present = 1}, {__newindex = function(t, k, v) log[#log + 1] = k; rawset(t, k, v) end})
t.present, t.new = 2, 3
t.new = 4
print(t.present, t.new, table.concat(log, ","))
local target = {}
local p = setmetatable({}, {__newindex = target})
p.x = 1
print(rawget(p, "x"), target.x)
-- case: __newindex chains
local last = {}
local mid = setmetatable({}, {__newindex = last})
local t = setmetatable({}, {__newindex = mid})
t.v = 1
print(rawget(t, "v"), rawget(mid, "v"), last.v)
mid.w = nil
rawset(mid, "q", 0)
t.q = 5
print(rawget(mid, "q"), last.q)
-- case: read-only table
local function readonly(t)
  return setmetatable({}, {__index = t, __newindex = function(_, k) error("field '" .. k .. "' is read-only", 2) end,
    __len = function() return #t end, __metatable = "locked"})
end
local r = readonly{1, 2, x = "y"}
print(r.x, r[2], #r, getmetatable(r))
print(pcall(function() r.x = 1 end))
print(pcall(setmetatable, r, {}))
-- case: __call
local t = setmetatable({}, {__call = function(self, ...) return select("#", ...), ... end})
print(t(), t(1), t(1, nil))
print(pcall(t, "x"))
print(select(2, pcall(setmetatable({}, {__call = 5}))))
-- case: __call chains
local inner = setmetatable({}, {__call = function(self, a, b) return "inner", type(a), b end})
local outer = setmetatable({}, {__call = inner})
print(outer("arg"))
print(pcall(outer, "arg"))
-- case: __call in a tail call and as an iterator
local t = setmetatable({}, {__call = function(_, s, i) i = i + 1; if i <= 3 then return i, s end end})
for i, s in t, "state", 0 do print(i, s) end
local function tail(...) return t(...) end
print(tail("s", 1))
-- case: __len
print(#setmetatable({1, 2, 3}, {__len = function() return "anything" end}))
print(pcall(function() return #setmetatable({}, {__len = 5}) end))
print(pcall(function() return #5 end), pcall(function() local n; return #n end))
-- case: __metatable
local t = setmetatable({}, {__metatable = false})
print(getmetatable(t), pcall(setmetatable, t, {}))
print(getmetatable(setmetatable({}, {__metatable = "secret"})))
print(getmetatable("x").__index == string or getmetatable("x").__index.len == string.len)
print(pcall(setmetatable, 1, {}))
print(pcall(setmetatable, {}, 1))
print(pcall(setmetatable, {}))
print(getmetatable({}), getmetatable(1), pcall(getmetatable))
-- case: __pairs
local t = setmetatable({}, {__pairs = function(t)
  return function(_, k) k = (k or 0) + 1; if k <= 3 then return k, k * k end end, t, nil
end})
for k, v in pairs(t) do print(k, v) end
print(select("#", pairs(setmetatable({}, {__pairs = function() return 1, 2, 3, 4 end}))))
print(select("#", pairs(setmetatable({}, {__pairs = function() end}))), pcall(pairs))
print((pcall(pairs, nil)), pcall(function() for _ in pairs(nil) do end end))
-- case: __tostring and __name
local t = setmetatable({}, {__tostring = function(self) return "T!" end})
print(tostring(t), #tostring(t), ("%s"):format(t))
print(pcall(function() return "x" .. t end))
print(pcall(string.rep, setmetatable({}, {__name = "My.Type"})))
print(pcall(function() return setmetatable({}, {__name = "My.Type"}) + 1 end))
print(pcall(function() return setmetatable({}, {__name = "My.Type"}) < 1 end))
print(pcall(function() return #setmetatable({}, {__name = "My.Type"}) .. setmetatable({}, {__name = "My.Type"}) end))
-- case: classes with inheritance
local Animal = {}; Animal.__index = Animal
function Animal.new(name) return setmetatable({name = name}, Animal) end
function Animal:speak() return self.name .. " makes " .. self:sound() end
function Animal:sound() return "noise" end
local Dog = setmetatable({}, {__index = Animal}); Dog.__index = Dog
function Dog.new(name) return setmetatable(Animal.new(name), Dog) end
function Dog:sound() return "woof" end
print(Animal.new("cat"):speak(), Dog.new("rex"):speak())
print(pcall(function() return Dog.new("x"):fly() end))
-- case: metamethods are looked up raw
local mt = setmetatable({}, {__index = function(_, k) return function() return k end end})
local t = setmetatable({}, mt)
print(t.x, pcall(function() return t + 1 end))
-- case: changing a metatable later
local mt = {}
local t = setmetatable({}, mt)
print(pcall(function() return t() end))
mt.__call = function() return "now" end
print(t())
setmetatable(t, nil)
print(getmetatable(t), pcall(function() return t() end))
-- case: strict globals
local env = setmetatable({}, {
  __index = function(_, k) error("undefined variable '" .. k .. "'", 2) end,
  __newindex = function(_, k) error("assignment to undeclared '" .. k .. "'", 2) end,
})
print(pcall(load("return x", "=chunk", "t", env)))
print(pcall(load("\nx = 1", "=chunk", "t", env)))
-- case: default values and memoising
local calls = 0
local squares = setmetatable({}, {__index = function(t, k) calls = calls + 1; local v = k * k; t[k] = v; return v end})
print(squares[4], squares[4], squares[5], calls)
-- case: metatable of itself
local t = {}
t.__index = t
t.__call = function(self, x) return x + 1 end
setmetatable(t, t)
print(t(1), getmetatable(t) == t, pcall(function() return t.missing end))
