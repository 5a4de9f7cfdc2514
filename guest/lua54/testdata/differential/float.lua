-- Floats: how they print, infinities, nan and negative zero.

-- case: printing
print(1.0, -1.0, 100.0, 1e15, 1e16, 1e100, 123456789012345.0, 1234567890123456.0)
print(0.1, 1/3, 2/3, 1e-5, 1e-4, 123.456, 3.14159265358979)
print(2^53, 2^63, -2^63, 2^64, 2^1023)
-- case: a float that looks like an integer keeps its point
print(3.0, 3.0 .. "", tostring(-0.0), 1e3, 10 // 2.0, 2^2, 1e14, 1e15)
print(#tostring(1e15), tostring(1e15):find("%."), tostring(2^53):find("e"))
-- case: fourteen digits
print(0.1 + 0.2, 0.1 + 0.2 == 0.3, 1 - 0.9, 100 * 1.1, 1e15 / 3)
print(123456789.123456789, 0.1 + 0.7, 4.35 * 100, 1.1 + 2.2)
-- case: infinities
local inf = math.huge
print(inf, -inf, inf + 1 == inf, inf * -1, 1 / inf, -1 / inf, inf == 1 / 0, -inf == -1 / 0)
print(inf - inf ~= inf - inf, 0 * inf ~= 0 * inf, inf // 1, inf % 2 ~= inf % 2, 5 % inf, -5 % inf)
print(1e308 * 10, -1e308 * 10, 1e-320 > 0, 1e-330 == 0, 2^1024)
-- case: modulo of infinities
print(5.5 % math.huge, -5.5 % math.huge, 5.5 % -math.huge, -5.5 % -math.huge, 0.0 % math.huge)
-- case: negative zero
print(-0.0, 0.0 == -0.0, 1 / -0.0, 1 / 0.0, -0.0 + 0, 0.0 * -1, 0 * -1, -0)
local t = {[0.0] = "zero"}
print(t[-0.0], t[0], next(t) == 0, math.type(next(t)))
-- case: nan as a key
local nan = 0/0
local t = {}
print(t[nan])
print(pcall(function() t[nan] = 1 end))
print(pcall(rawset, t, nan, 1))
print(next(t), pcall(function() return {[nan] = 1} end))
-- case: nan through functions
local nan = 0/0
local floor = math.floor
print(math.max(1, 2) == 2, math.max(nan, 1) ~= math.max(nan, 1), math.max(1, nan))
print(pcall(string.format, "%d", nan))
print(math.tointeger(nan), floor(2.5), pcall(math.fmod, 1, 0))
print(tostring(nan):gsub("^%-", ""))
-- case: largest and smallest
local max = 0x1.fffffffffffffp1023
print(max, max + 1 == max, max * 2, 0x1p-1022, 0x1p-1074, 0x1p-1074 / 2)
-- case: integer and float keys are the same
local t = {}
t[1.0], t[2], t[2^53] = "a", "b", "c"
print(t[1], t[2.0], t[2^53|0], #t)
for k in pairs({[3.0] = 1}) do print(k, math.type(k)) end
t[1.5] = "half"
print(t[1.5], t[3/2], math.type(next({[1.5] = 1})))
-- case: keys beyond the exact range
local t = {}
t[2^53] = "even"
t[(2^53|0) + 1] = "odd"
print(t[2^53], t[2^53 + 1], t[(2^53|0) + 1])
t[2^63] = "float key"
print(t[2^63], t[math.mininteger], math.type(next({[2^63] = 1})))
t[-2^63] = "min"
print(t[math.mininteger])
-- case: mixed arithmetic
print(1 + 1.0, 1 - 1.0, 2 * 1.5, 10 // 3.0, 10 % 3.0, 2^2 + 1, 1 + 0.5)
print(math.type(1 + 1.0), math.type(3 // 1), math.type(3.0 // 1), math.maxinteger + 1.0)
-- case: floor of a division with rounding
print(1 // 0.1, 1 % 0.1 < 0.1, 0.3 // 0.1, 6 // 0.6, -1 // 0.1)
-- case: accumulated error
local s = 0
for i = 1, 10 do s = s + 0.1 end
print(s, s == 1, string.format("%.17g", s), math.abs(s - 1) < 1e-15)
-- case: comparison chains
local a, b, c = 1, 1.5, 2
print(a < b and b < c, a < b == true, not (a > b) == (a <= b), a ~= b ~= c)
print(pcall(function() return a < b < c end))
print(1 < 2 == true, "a" < "b" == not false)
-- case: hexadecimal floats
print(0x1p4, 0x.1, 0xA.8p0, 0x1P-2, 0xap1, 0x0.8, 0x1.8)
print(tonumber("0x1p4"), tonumber("0x.8"), tonumber("0x1p"), tonumber("0x"), tonumber("0xp1"))
