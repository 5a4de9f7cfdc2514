-- The math library. Transcendental functions print ten digits: the last ones
-- belong to the C library.

-- case: floor and ceil
print(math.floor(3.7), math.floor(-3.7), math.ceil(3.2), math.ceil(-3.2), math.floor(5), math.ceil(5))
print(math.floor(2^70), math.ceil(-2^70), math.floor(math.huge), math.ceil(-math.huge), math.floor(-0.0))
print(math.type(math.floor(2.5)), math.type(math.floor(2^70)), math.floor("2.5"))
print(pcall(math.floor, "x"))
print(pcall(math.floor))
print(pcall(math.floor, {}))
-- case: abs
print(math.abs(-5), math.abs(5.5), math.abs(-0.0), math.abs(math.mininteger), math.abs(-math.huge))
print(math.abs("-3"), math.type(math.abs("-3")))
-- case: max and min
print(math.max(1, 2.5, -1), math.min(1, 2.5, -1), math.max(2, 2.0), math.min(1.0, 1), math.max(5))
print(math.max(math.maxinteger, 2^63), math.min(math.mininteger, -2^63))
print(pcall(math.max))
print(pcall(math.min, 1, "x"))
print(pcall(math.max, nil))
-- case: fmod
print(math.fmod(7, 3), math.fmod(-7, 3), math.fmod(7, -3), math.fmod(-7, -3), math.fmod(5.5, 2))
print(math.fmod(math.mininteger, -1), math.fmod(6, 3), math.fmod(-6, 2), math.fmod(1, math.huge))
print(pcall(math.fmod, 1, 0))
print(math.fmod(1, 0.0) ~= math.fmod(1, 0.0))
print(pcall(math.fmod, 1))
-- case: modf
print(math.modf(3.7))
print(math.modf(-3.7))
print(math.modf(5))
print(math.modf(math.huge))
print(math.modf(-math.huge))
print(math.modf(2^60))
-- case: sqrt and exp
print(math.sqrt(16), math.sqrt(2), math.sqrt(-1) ~= math.sqrt(-1), math.sqrt(0))
print(math.exp(0), ("%.10g"):format(math.exp(1)), math.exp(-math.huge), math.exp(1000))
-- case: log
print(math.log(1), math.log(8, 2), math.log(1000, 10), ("%.10g"):format(math.log(10)), math.log(0))
print(("%.10g"):format(math.log(27, 3)), math.log(1024, 2), math.log(0.001, 10), math.log(-1) ~= math.log(-1))
print(pcall(math.log))
print(pcall(math.log, 2, "x"))
-- case: trigonometry
for _, x in ipairs{0, 0.5, 1, 2, -1} do
  print(("%.10g %.10g %.10g"):format(math.sin(x), math.cos(x), math.tan(x)))
end
print(("%.10g %.10g %.10g"):format(math.asin(1), math.acos(0), math.atan(1)))
print(math.sin(0), math.cos(0), math.asin(2) ~= math.asin(2))
-- case: atan with two arguments
for _, p in ipairs{{1, 1}, {1, -1}, {-1, -1}, {-1, 1}, {0, -1}, {1, 0}} do
  print(("%.10g"):format(math.atan(p[1], p[2])))
end
print(("%.10g"):format(math.atan(1)), math.atan(0.0, 1), math.atan(-0.0, 1))
-- case: deg rad and pi
print(math.pi, math.deg(math.pi), ("%.10g"):format(math.rad(180)), math.deg(0), math.rad(0))
print(("%.15f"):format(math.pi))
-- case: random refuses empty intervals
print(pcall(math.random, 2, 1))
print(pcall(math.random, 0) == true, math.type(math.random(0)))
print(pcall(math.random, 1, 2, 3))
print(math.random(5, 5), math.random(1), pcall(math.random, -1))
print(pcall(math.random, 1.5))
-- case: random repeats a seed
math.randomseed(42)
local a, b, c = math.random(), math.random(100), math.random(0)
math.randomseed(42)
print(a == math.random(), b == math.random(100), c == math.random(0))
print(a >= 0 and a < 1, b >= 1 and b <= 100, math.type(a), math.type(b))
-- case: random with a fixed seed is xoshiro
math.randomseed(1234, 5678)
print(math.random(1, 1000), math.random(1, 1000), math.random(-10, 10))
print(("%.10f"):format(math.random()), math.random(0))
print(math.random(math.mininteger, math.maxinteger))
-- case: constants
print(math.huge, -math.huge, math.maxinteger, math.mininteger)
print(math.type(math.huge), math.type(math.maxinteger), math.type(math.pi))
-- case: integer results stay integers
print(math.max(1, 2), math.min(3, 2), math.abs(-1), math.fmod(7, 4), math.floor(1.0), math.ceil(0.5))
print(math.ceil(-0.5), math.modf(2.0), math.sqrt(4))
