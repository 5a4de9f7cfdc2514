-- Functions that Lua 5.3 had deprecated and that an interpreter built with
-- LUA_COMPAT_5_3, as Debian's is, still has. HAProxy's scripts may use them.

-- case: math.pow
print(math.pow(2, 10), math.pow(2, 0.5), math.pow(4, -1), math.type(math.pow(2, 2)))
print(pcall(math.pow, 2))
-- case: hyperbolic functions
print(("%.10g %.10g %.10g"):format(math.cosh(1), math.sinh(1), math.tanh(1)))
print(math.cosh(0), math.sinh(0), math.tanh(0))
-- case: frexp and ldexp
print(math.frexp(8))
print(math.frexp(-0.75))
print(math.frexp(0))
print(math.ldexp(0.5, 4), math.ldexp(1, -1), math.ldexp(1, 1024))
print(pcall(math.ldexp, 1, 1.5))
-- case: log10
print(math.log10(1000), math.log10(1), math.log10(0.01), math.log10(0))
print(pcall(math.log10, "x"))
-- case: __lt stands in for a missing __le
local mt = {__lt = function(a, b) return a.v < b.v end}
local a, b = setmetatable({v = 1}, mt), setmetatable({v = 2}, mt)
print(a < b, pcall(function() return a <= b end))
print(pcall(function() return b <= a end))
print(pcall(function() return a >= b end))
-- case: what 5.1 and 5.2 had is gone
print(unpack, loadstring, setfenv, getfenv, module, bit32, table.getn, table.maxn, string.gfind, math.mod)
