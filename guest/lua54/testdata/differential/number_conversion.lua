-- Conversions between strings and numbers.

-- case: tonumber without a base
for _, s in ipairs{"10", " 10 ", "10.5", "1e2", "0x1F", "-7", "- 7", "+5", "1e", "", " ", "1 2", "abc", "0x", ".5", "5.", "."} do
  local n = tonumber(s)
  print(("%q"):format(s), n, math.type(n or 0))
end
-- case: tonumber with other types
print(tonumber(5), tonumber(5.5), tonumber(nil), tonumber(true), tonumber({}))
print(pcall(tonumber))
print(tonumber("inf"), tonumber("nan"), tonumber("0x1p-1"), tonumber("1e1000"), tonumber("-1e1000"))
-- case: tonumber with a base
print(tonumber("ff", 16), tonumber("FF", 16), tonumber("zz", 36), tonumber("1010", 2), tonumber("777", 8))
print(tonumber("-ff", 16), tonumber(" 11 ", 2), tonumber("8", 8), tonumber("", 10), tonumber("1.0", 10))
print(tonumber("7fffffffffffffff", 16), tonumber("ffffffffffffffff", 16), tonumber("10000000000000000", 16))
-- case: tonumber with a bad base
print(pcall(tonumber, "10", 1))
print(pcall(tonumber, "10", 37))
print(pcall(tonumber, 10, 10))
print(pcall(tonumber, "10", "x"))
print(pcall(tonumber, {}, 10))
print(pcall(tonumber, nil, 10))
-- case: limits of decimal integers
print(tonumber("9223372036854775807"), tonumber("9223372036854775808"), tonumber("-9223372036854775808"))
print(tonumber("-9223372036854775809"), tonumber("00000000000000000000000000000001"))
print(tonumber(("9"):rep(30)), tonumber(("0"):rep(300) .. "1"))
-- case: long numerals
print(tonumber("0." .. ("0"):rep(150) .. "1"), tonumber("1" .. ("0"):rep(150)))
print(tonumber(("1"):rep(201)), tonumber("0x" .. ("f"):rep(20)), tonumber("." .. ("3"):rep(190)))
-- case: white space and zeros
print(tonumber("\t10\n"), tonumber("10\0"), tonumber("\v1\f"), tonumber("1\0002"))
print(tonumber("0x 1"), tonumber("1_000"), tonumber("1,5"), tonumber("--1"), tonumber("1-"))
-- case: tostring
print(tostring(1), tostring(1.0), tostring(-0.0), tostring(1e300), tostring(nil), tostring(true))
print(tostring("x"), type(tostring(print)), (tostring({}):gsub("0x%x+", "ADDRESS")))
print(pcall(tostring))
-- case: tostring with metamethods
print(tostring(setmetatable({}, {__tostring = function() return "mine" end})))
print(pcall(tostring, setmetatable({}, {__tostring = function() return nil end})))
print(pcall(tostring, setmetatable({}, {__tostring = function() return {} end})))
print((tostring(setmetatable({}, {__name = "My.Type"})):gsub("0x%x+", "ADDRESS")))
print((tostring(setmetatable({}, {__name = 42})):gsub("0x%x+", "ADDRESS")))
-- case: round trips
for _, x in ipairs{0.1, 1/3, 1e21, 123456.789, 2^-30, 5e-324, 1.7976931348623157e308} do
  local s = ("%.17g"):format(x)
  print(tonumber(s) == x, tonumber(("%a"):format(x)) == x, tonumber(tostring(x)) == x)
end
-- case: implicit conversion in for and string functions
print(("x"):rep("3"), ("abc"):sub("2"), math.floor("3.7"), math.max("10", "9"))
print(pcall(function() for i = "1", 2 do end end))
print(string.char("0x41"), select("2", "a", "b"), ("%d"):format("0x10"))
-- case: string to integer arguments
print(pcall(string.rep, "x", "1.5"))
print(pcall(string.rep, "x", "1e1"))
print(pcall(string.rep, "x", "nope"))
print(pcall(string.rep, "x", 2^70))
-- case: float to integer arguments
print(("x"):rep(2.0), select(1.0, "a"), ("abc"):byte(2.0))
print(pcall(string.rep, "x", 2.5))
print(pcall(select, 1.5, "a"))
print(pcall(string.char, 2^31))
