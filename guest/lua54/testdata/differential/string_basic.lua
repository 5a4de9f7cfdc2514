-- The rest of the string library, and coercions between strings and numbers.

-- case: sub
local s = "hello"
print(s:sub(2), s:sub(2, 3), s:sub(-3), s:sub(-3, -2), s:sub(2, -2))
print(s:sub(0), s:sub(6) == "", s:sub(3, 2) == "", s:sub(-100, 2), s:sub(4, 100))
print(s:sub(math.mininteger, math.maxinteger), s:sub(math.maxinteger) == "")
print(s:sub("2", 3.0))
print(pcall(s.sub, s, 1.5))
print(pcall(s.sub, s))
-- case: byte
print(("abc"):byte(), ("abc"):byte(2), ("abc"):byte(-1), ("abc"):byte(1, -1))
print(("abc"):byte(10), ("abc"):byte(0), (""):byte())
print(select("#", ("abc"):byte(10)), select("#", ("abc"):byte(2, 1)), select("#", ("abc"):byte(0, 10)))
-- case: byte of a very long range
print(select("#", ("x"):rep(1000):byte(1, -1)))
print(pcall(function() return ("x"):rep(1000001):byte(1, -1) end))
-- case: char
print(string.char(), #string.char(), string.char(72, 105), #string.char(0, 0))
print(string.char("65"), string.char(66.0))
print(pcall(string.char, 256))
print(pcall(string.char, -1))
print(pcall(string.char, 65, "x"))
print(pcall(string.char, 1.5))
-- case: rep
print(("ab"):rep(3), ("ab"):rep(3, ","), ("ab"):rep(1, ","), ("ab"):rep(0) == "", ("ab"):rep(-1) == "")
print((""):rep(1000) == "", #(""):rep(10, "x"), #("x"):rep(100000))
print(pcall(string.rep, "ab", math.maxinteger))
print(pcall(string.rep, "", math.maxinteger, "ab"))
print(pcall(string.rep, "x"))
print(pcall(string.rep, "x", "y"))
-- case: reverse lower upper len
print(("abc"):reverse(), (""):reverse() == "", ("a\0b"):reverse():byte(1, -1))
print(("MiXed 123"):lower(), ("MiXed 123"):upper())
print(("caf\xc3\xa9"):upper():byte(1, -1))
print(("a\0b"):len(), #"\0\0", (""):len(), #"é")
print(string.len(12345), string.reverse(123), string.upper(1e10))
-- case: escapes in literals
print("\65\066\x43\u{44}", "a\z
       b", #"\0", "tab\tend", 'it\'s "fine"')
print("\u{48}\u{20AC}", #"\u{7FFFFFFF}", #"\u{10FFFF}", #"\u{7FF}")
print("a\
b")
print(#"\a\b\f\n\r\t\v\\\"\'")
-- case: long brackets
print([[
first newline is skipped]], [==[a]]b]=]c]==])
print(#[[

]], [[\n]], [=[]]]=])
-- case: comparison
print("a" < "b", "a" < "B", "a" < "aa", "" < "a", "Z" < "a", "10" < "9")
print("a\0b" < "a\0c", "a\0" > "a", "a" <= "a", "a\0b" == "a\0b", "\xff" > "a")
print(pcall(function() return "1" < 2 end))
-- case: comparison is by byte
local t = {"b", "B", "a", "_", "1", "", "a\0", "aa"}
table.sort(t)
for _, s in ipairs(t) do print(#s, (s:gsub("%z", "0"))) end
-- case: concat coerces numbers
print(1 .. 2, 1.0 .. "", -0.0 .. "", 2^53 .. "|", 1e100 .. "")
print(10 .. "", math.mininteger .. "", math.huge .. "", 0x10 .. "")
print(pcall(function() return 1 .. nil end))
print(pcall(function() return {} .. "x" end))
-- case: arithmetic coerces strings
print("10" + 5, "10" * "2", "3" - 1.0, "7" // 2, "7" % "4", "2" ^ "3", -"2", "0x10" + 0)
print("1e1" + 0, " 5 " + 0, "10" / "2", -"0x7fffffffffffffff", -"1.5")
print(math.type("10" + 0), math.type("10.0" + 0), math.type("1e1" + 0))
print(pcall(function() return "abc" + 1 end))
print(pcall(function() return "" + 1 end))
-- case: bitwise operators and strings
print(pcall(function() return "3" | 4 end))
print(pcall(function() return "0xff" & "15" end))
print(pcall(function() return ~"0" end))
print(pcall(function() return "1.5" | 1 end))
print(pcall(function() return 1.5 | 1 end))
print(pcall(function() return "x" | 1 end))
print(pcall(function() return 1 << "a" end))
-- case: integer overflow while coercing
print("9223372036854775807" + 0, "9223372036854775808" + 0)
print("9223372036854775807" + 1, "-9223372036854775808" - 1)
print("0xffffffffffffffff" + 0, "0x1ffffffffffffffff" + 0)
-- case: method calls on strings
local s = "text"
print(s:upper(), ("x"):rep(2), #s, s.len == string.len, s.nothing)
print(pcall(function() return s:nothing() end))
print(pcall(function() s.x = 1 end))
print(getmetatable("").__index == nil, getmetatable("").__name)
-- case: string indexing by number
local s = "abc"
print(s[1], s[-1], ("x").y)
print(pcall(function() return s[1].x end))
-- case: table concat of mixed values
print(table.concat({1, 2.5, "x"}, "-"), table.concat({}, "x") == "", table.concat({1}, "x"))
print(table.concat({1, 2, 3}, ",", 2), table.concat({1, 2, 3}, ",", 2, 2), table.concat({1, 2, 3}, ",", 3, 2) == "")
print(pcall(table.concat, {1, {}, 3}))
print(pcall(table.concat, {1, nil, 3}, ",", 1, 3))
print(pcall(table.concat, {true}))
-- case: string arithmetic metamethods
local mt = getmetatable("")
print(type(mt.__add), type(mt.__unm), type(mt.__mod), type(mt.__band), type(mt.__concat), type(mt.__lt))
print(pcall(mt.__add, "1", "2"))
print(pcall(mt.__add, "a", "2"))
print(pcall(mt.__unm, "3"))
print(pcall(function() return "a" + {} end))
-- case: dump refuses C functions
print(pcall(string.dump, string.len))
print(pcall(string.dump, 1))
print(type(string.dump(function() end)))
