-- Integers: wraparound, division, shifts and the limits of the range.

-- case: limits
print(math.maxinteger, math.mininteger, math.maxinteger + 1 == math.mininteger)
print(math.mininteger - 1, -math.mininteger, math.mininteger * -1)
print(math.maxinteger * 2, math.maxinteger * math.maxinteger, math.mininteger * math.mininteger)
print(math.abs(math.mininteger), math.maxinteger // -1, math.mininteger // -1, math.mininteger % -1)
-- case: floor division
print(7 // 2, -7 // 2, 7 // -2, -7 // -2, 0 // 5, 6 // 3, -6 // 3)
print(7 // 2.0, -7 // 2.0, 7.5 // 2, -7.5 // 2, 0.0 // -5)
-- case: modulo
print(7 % 3, -7 % 3, 7 % -3, -7 % -3, 6 % 3, -6 % 3)
print(7 % 3.0, -7 % 3.0, 7 % -3.0, -7 % -3.0, 5.5 % 2, -5.5 % 2)
print(math.mininteger % math.maxinteger, math.maxinteger % math.mininteger)
-- case: division by zero
print(pcall(function() return 1 // 0 end))
print(pcall(function() return 1 % 0 end))
print(pcall(function() local a, b = 5, 0; return a // b end))
print(pcall(function() local a, b = 5, 0; return a % b end))
print(1 // 0.0, -1 // 0.0, 1 / 0, -1 / 0)
print(1 % 0.0 ~= 1 % 0.0)
-- case: uncaught division by zero
local zero = 0
print("before")
print(1 // zero)
-- case: division is always float
print(4 / 2, 7 / 2, -1 / 3, math.maxinteger / 1, math.type(4 / 2), 1 / math.huge)
-- case: power is always float
print(2 ^ 10, 2 ^ -1, 2 ^ 0.5, (-2) ^ 2, -2 ^ 2, 2 ^ 3 ^ 2, (-8) ^ (1/3) ~= (-8) ^ (1/3))
-- case: shifts
print(1 << 0, 1 << 62, 1 << 63, 1 << 64, 1 << 65, 1 << -1, -1 << 1)
print(-1 >> 1, -1 >> 63, -1 >> 64, 1 >> -1, 256 >> 4, 1 >> 1)
print(1 << math.maxinteger, 1 << math.mininteger, 1 >> math.mininteger, -1 >> math.maxinteger)
-- case: shifts by variables
for _, n in ipairs{-64, -63, -1, 0, 1, 63, 64} do
  print(n, 5 << n, 5 >> n, -1 << n, -1 >> n)
end
-- case: bitwise operators
print(5 & 3, 5 | 3, 5 ~ 3, ~5, ~0, ~math.maxinteger == math.mininteger)
print(0xff & ~0xf, 1 | 2 ~ 3 & 4, 1 << 2 + 1, "x" .. (1 | 2))
print(3.0 & 1, 2^53 | 1, -1.0 | 0)
-- case: bitwise on floats without an integer
print(pcall(function() return 1.5 & 1 end))
print(pcall(function() return 2^63 | 0 end))
print(pcall(function() return math.huge | 0 end))
print(pcall(function() return ~(0/0) end))
print(pcall(function() local x = 1.5; return x << 1 end))
-- case: literals
print(0xff, 0XA, 0xffffffffffffffff, 0x10000000000000000, 0x7fffffffffffffff)
print(9223372036854775807, 9223372036854775808, -9223372036854775808)
print(math.type(9223372036854775808), math.type(-9223372036854775808), math.type(0x8000000000000000))
print(1e2, 1E+2, .5, 5., 0x.8p1, 0xA.8, 0x1p-2, 3e-2)
-- case: comparison of integers and floats
print(1 == 1.0, math.maxinteger + 0.0 == math.maxinteger, math.maxinteger + 0.0 == 2^63)
print(math.maxinteger < 2^63, math.maxinteger <= 2^63, math.maxinteger > 2^63, math.mininteger == -2^63)
print(2^53 == 2^53 + 1, (2^53|0) + 1 == 2^53 + 1, (2^53|0) + 1 > 2^53)
print(1 < 1.5, 2 > 1.5, -1 < -0.5, 1 <= 1.0, math.mininteger <= -math.huge)
-- case: comparison with nan
local nan = 0/0
print(nan == nan, nan ~= nan, nan < nan, nan <= nan, 1 < nan, nan < 1, 1 <= nan, not (1 > nan))
print(math.maxinteger < nan, nan > math.mininteger, rawequal(nan, nan))
-- case: math.ult
print(math.ult(1, 2), math.ult(-1, 1), math.ult(1, -1), math.ult(0, 0), math.ult(math.mininteger, math.maxinteger))
print(math.ult(2.0, "3"))
print(pcall(math.ult, 1.5, 2))
print(pcall(math.ult, 1))
-- case: math.tointeger
print(math.tointeger(3.0), math.tointeger(3.5), math.tointeger("8"), math.tointeger("x"), math.tointeger(2^63))
print(math.tointeger(-2^63), math.tointeger({}), math.tointeger(0/0), math.tointeger(math.huge))
print(pcall(math.tointeger))
-- case: math.type
print(math.type(1), math.type(1.0), math.type("1"), math.type(nil), math.type(-0.0), math.type(1 // 1.0))
print(pcall(math.type))
-- case: integer sums stay integer
local s = 0
for i = 1, 100 do s = s + i end
print(s, math.type(s), math.type(s + 0.0), s * 1.0, s // 1, s // 1.0)
-- case: multiplication hash wraps
local h = 5381
for c in ("the quick brown fox jumps over the lazy dog"):gmatch(".") do
  h = h * 33 ~ c:byte()
end
print(h, h & 0xffffffff, ("%x"):format(h))
local fnv = 0xcbf29ce484222325
for c in ("hello"):gmatch(".") do fnv = (fnv ~ c:byte()) * 0x100000001b3 end
print(("%x"):format(fnv))
-- case: xorshift
local x, out = 88172645463325252, {}
for i = 1, 5 do
  x = x ~ (x << 13); x = x ~ (x >> 7); x = x ~ (x << 17)
  out[i] = ("%016x"):format(x)
end
print(table.concat(out, " "))
-- case: unsigned division by hand
local function udiv(n, d)
  if d < 0 then return math.ult(n, d) and 0 or 1 end
  local q = ((n >> 1) // d) << 1
  local r = n - q * d
  if not math.ult(r, d) then q = q + 1 end
  return q
end
print(udiv(-1, 10), udiv(-1, 2), udiv(math.mininteger, 3), udiv(5, -1), ("%u"):format(7))
-- case: unary minus and precedence
print(-2 ^ 2, -(-3), - -3, not nil == true, not (nil == true), -"2" + 0, 2 * -3)
print(1 .. 2 == "12", 2 + 3 .. "", 1 + 2 < 4 and "yes" or "no", #"abc" + 1, -#"abc")
