-- Variable arguments, multiple results and select.

-- case: counting
local function n(...) return select("#", ...) end
print(n(), n(nil), n(nil, nil), n(1, nil, 3), n((n())), n(n(), n()))
-- case: select
print(select(2, "a", "b", "c"))
print(select(-1, "a", "b", "c"))
print(select(-3, "a", "b", "c"))
print(select(4, "a", "b", "c"))
print(pcall(select, 0, "a"))
print(pcall(select, -2, "a"))
print(pcall(select, "x"))
print(pcall(select))
print(select("#"), select("2", "a", "b"))
-- case: adjustment
local function two() return 1, 2 end
local function none() end
print(two(), two())
print((two()))
print(two(), 10)
print(none(), 1)
print((none()))
local a, b, c = two(), two()
print(a, b, c)
local t = {two(), two(), none()}
print(#t)
-- case: in table constructors
local function f(...) return {...}, {..., "end"}, {"start", ...}, {n = select("#", ...), ...} end
local a, b, c, d = f(1, 2, 3)
print(#a, #b, #c, d.n, b[2], c[4])
-- case: passing on
local function inner(...) return ... end
local function outer(...) return "first", inner(...) end
print(outer(1, nil))
print((outer(1)))
print(select("#", outer()))
print(select("#", outer(nil)))
-- case: in the main chunk
print(select("#", ...))
print(load("return select('#', ...), ...")(1, 2, 3))
-- case: vararg and named parameters
local function f(a, b, ...) return a, b, select("#", ...) end
print(f())
print(f(1))
print(f(1, 2))
print(f(1, 2, 3, nil))
local function g(a, ...) a = a or "default"; local x, y = ...; return a, x, y end
print(g(nil, 1)); print(g("x"))
-- case: not in inner functions
print(load("return function() return ... end"))
print(load("function f(...) return function() return ... end end"))
print(load("function f(..., a) end"))
-- case: recursion over arguments
local function sum(x, ...) if x then return x + sum(...) end return 0 end
print(sum(1, 2, 3, 4))
local function reverse(x, ...) if select("#", ...) == 0 then return x end
  local t = table.pack(reverse(...)); t[t.n + 1] = x; return table.unpack(t, 1, t.n + 1) end
print(reverse(1, 2, 3))
-- case: many arguments
local t = {}
for i = 1, 200 do t[i] = i end
local function last(...) return (select(select("#", ...), ...)) end
print(last(table.unpack(t)), select("#", table.unpack(t)), math.max(table.unpack(t)))
print(#string.char(table.unpack(t)), select("#", table.unpack({}, 1, 5000)))
-- case: string and table call forms
local function f(...) return type((...)), select("#", ...) end
print(f"text")
print(f[[long]])
print(f{1, 2})
print(f{})
print(("x"):rep(2))
-- case: method calls
local obj = {v = 1}
function obj:get(...) return self.v, ... end
function obj.static(...) return select("#", ...) end
print(obj:get(2, 3))
print(obj.get({v = 9}, 4))
print(obj:static(), obj.static())
-- case: tail calls
local function loop(n, ...) if n == 0 then return select("#", ...) end return loop(n - 1, ...) end
print(loop(20000, 1, 2, 3))
print(pcall(loop, 5000, nil, nil))
-- case: table.pack keeps trailing nils
local function trace(f, ...) local r = table.pack(f(...)); return r.n, table.unpack(r, 1, r.n) end
print(trace(function(...) return ... end, 1, nil, nil))
print(trace(function() end))
-- case: bind and compose
local function bind(f, ...) local bound = table.pack(...)
  return function(...)
    local args = {table.unpack(bound, 1, bound.n)}
    for i = 1, select("#", ...) do args[bound.n + i] = (select(i, ...)) end
    return f(table.unpack(args, 1, bound.n + select("#", ...)))
  end
end
print(bind(math.max, 5, 10)(7, 20), bind(print, "a")("b", nil))
