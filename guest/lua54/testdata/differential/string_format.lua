-- string.format: every conversion, its flags, widths and refusals.

-- case: d and i with flags
print(string.format("[%d] [%5d] [%-5d] [%05d] [%+d] [% d]", 42, 42, 42, 42, 42, 42))
print(string.format("[%i] [%.3d] [%8.3d] [%-8.3d]", -7, -7, -7, -7))
print(string.format("%d %d", math.maxinteger, math.mininteger))
print(string.format("%d %d %d", 3.0, "10", "0x10"))
-- case: d refuses fractions
print(pcall(string.format, "%d", 1.5))
print(pcall(string.format, "%d", "1.5"))
print(pcall(string.format, "%d", 2^63))
print(pcall(string.format, "%d", "x"))
print(pcall(string.format, "%x", 0/0))
print(pcall(string.format, "%d"))
-- case: conversions of C that are not Lua's
print(pcall(string.format, "%u", 1))
print(pcall(string.format, "%ld", 1))
print(pcall(string.format, "%n", 1))
print(pcall(string.format, "%b", 1))
-- case: x X and o
print(string.format("%x %X %#x %#X %o %#o", 255, 255, 255, 255, 8, 8))
print(string.format("%x", -1))
print(string.format("[%10x] [%-10x] [%010x] [%.6x]", 48879, 48879, 48879, 48879))
print(string.format("%#x %#o", 0, 0))
-- case: c writes bytes
local s = string.format("%c%c%c", 76, 117, 97)
print(s, #s)
print(#string.format("%c", 0), string.format("%c", 0):byte())
print(string.format("[%5c] [%-5c]", 65, 65))
print(pcall(string.format, "%05c", 65))
-- case: e and E
print(string.format("%e %E", 12345.678, 12345.678))
print(string.format("%.0e %#.0e %.3e", 12345.678, 12345.678, 12345.678))
print(string.format("[%15.2e] [%-15.2e] [%+.1e]", 1e-10, 1e-10, 1e100))
print(string.format("%e", 0.0), string.format("%e", -0.0))
-- case: f
print(string.format("%f %.0f %.1f %#.0f", 2.5, 2.5, 2.25, 3))
print(string.format("[%10.3f] [%-10.3f] [%010.3f] [%+.3f]", 3.14159, 3.14159, -3.14159, 3.14159))
print(string.format("%.20f", 0.1))
print(string.format("%.3f", 1e20))
print(#string.format("%.99f", 1/3), #string.format("%f", 1e308))
-- case: rounding is to even on exact ties
for _, x in ipairs{0.5, 1.5, 2.5, 3.5, -0.5, -2.5} do
  print(x, string.format("%.0f", x))
end
print(string.format("%.2f %.2f", 1.005, 2.675))
-- case: g and G
for _, x in ipairs{0, 1, 100000, 1000000, 1e15, 1e-4, 1e-5, 123456789.0, 0.1} do
  print(string.format("%g %G %.3g %#g %.0g", x, x, x, x, x))
end
-- case: g with width
print(string.format("[%12g] [%-12g] [%012g] [%+g] [% g]", 1.5, 1.5, 1.5, 1.5, 1.5))
print(string.format("%.17g %.14g %.1g", 0.1, 0.1, 0.1))
print(string.format("%.99g", 0.5))
-- case: infinities
local inf = math.huge
print(string.format("%f %e %g", inf, inf, -inf))
print(string.format("%G %E %a", inf, -inf, inf))
print(pcall(string.format, "%d", inf))
print(pcall(string.format, "%F", inf))
-- case: infinities with width
local inf = math.huge
print(string.format("[%8.1f] [%-8g] [%+g] [%08g]", inf, -inf, inf, inf))
print(string.format("%.14g", inf), string.format("%5.1f|", -inf))
-- case: a and A
print(string.format("%a %a %a", 1, 0.5, -2))
print(string.format("%A", 255.5))
print(string.format("%.3a", 3.14159))
print(string.format("[%12a] [%-12a] [%+a]", 1.5, 1.5, 1.5))
print(string.format("%a %a", math.huge, 0.0))
-- case: s
print(string.format("[%s] [%5s] [%-5s] [%.2s] [%5.1s]", "abc", "abc", "abc", "abc", "abc"))
print(string.format("%s %s %s %s", nil, true, 12, 1.0))
print(string.format("[%.0s] [%.s]", "abc", "abc"))
print(string.format("%s", ("x"):rep(200)) == ("x"):rep(200))
-- case: s uses __tostring and __name
local t = setmetatable({}, {__tostring = function() return "object" end})
print(string.format("[%s] [%10s] [%.3s]", t, t, t))
local named = setmetatable({}, {__name = "Named"})
print((string.format("%s", named):gsub("0x%x+", "ADDRESS")))
print(pcall(string.format, "%s", setmetatable({}, {__tostring = function() return {} end})))
-- case: s and embedded zeros
print(#string.format("%s", "a\0b"), #string.format("a\0b%s", "c"))
print(pcall(string.format, "%5s", "a\0b"))
print(#string.format("%s%s", "\0", "\0"))
-- case: s longer than its width
local long = ("y"):rep(150)
print(#string.format("%20s", long), #string.format("%-20s", long))
print(#string.format("%.20s", long), #string.format("%99s", "z"))
-- case: q of strings
print(string.format("%q", 'a "quoted" \\ string'))
print(string.format("%q", "line\nbreak\r\0end"))
print(string.format("%q", "\0001\1272\1a"))
print(string.format("%q", "caf\u{e9}"))
-- case: q of numbers and constants
print(string.format("%q %q %q", 1, -1, math.mininteger))
print(string.format("%q %q %q", 0.5, 1e100, 1.0))
print(string.format("%q %q", math.huge, -math.huge))
print(string.format("%q", 0/0))
print(string.format("%q %q %q", true, false, nil))
-- case: q reads back
for _, v in ipairs{"\0\1\2\n\r\"\\", 0.1, 1/3, math.mininteger, 2^53, -0.0} do
  local back = load("return " .. string.format("%q", v))()
  print(back == v, math.type(back))
end
-- case: q refuses tables and modifiers
print(pcall(string.format, "%q", {}))
print(pcall(string.format, "%q", print))
print(pcall(string.format, "%10q", "x"))
print(pcall(string.format, "%q"))
-- case: p of values without address
print(string.format("%p %p %p", 1, true, nil))
print(string.format("[%10p] [%-10p]", 1, 2.5))
local t = {}
print(string.format("%p", t) == string.format("%p", t), string.format("%p", t) == string.format("%p", {}))
print(string.format("%p", "ab") == string.format("%p", "a" .. "b"))
-- case: percent signs
print(string.format("100%%"), string.format("%%d %d", 1), string.format("%%%%"))
print(pcall(string.format, "%", 1))
print(pcall(string.format, "%5", 1))
print(pcall(string.format, "abc%", 1))
print(pcall(string.format, "%"))
-- case: invalid conversions
print(pcall(string.format, "%y", 1))
print(pcall(string.format, "%100d", 1))
print(pcall(string.format, "%.100f", 1))
print(pcall(string.format, "%0123d", 1))
print(pcall(string.format, "%-+ #0-+ #0d", 1))
print(pcall(string.format, "%#d", 1))
print(pcall(string.format, "%#s", 1))
-- case: missing and extra arguments
print(pcall(string.format, "%s"))
print(pcall(string.format, "%d %d", 1))
print(string.format("%d", 1, 2, 3))
print(pcall(string.format))
print(pcall(string.format, {}))
-- case: as a method
print(("%d-%s"):format(1, "x"))
print(pcall(("%d").format, "%d", {}))
print(select("#", ("%d"):format(1)))
print(pcall(function() return ("%d"):format("x") end))
