-- Syntax errors. bad prints load's message for each chunk of text.

-- case: unexpected symbols
local function bad(...) for _, s in ipairs{...} do print(select(2, load(s, "=s"))) end end
bad("x", "x y", "1 = 2", "x = = 2", "= 1", ")", "x = 1 2", "return return", "local 5", "f() = 1",
  "x, f() = 1, 2", "a.b:c = 1", "x = }")
-- case: missing ends
local function bad(...) for _, s in ipairs{...} do print(select(2, load(s, "=s"))) end end
bad("if x then", "\nif x then\n\n", "while true do", "for i = 1, 2 do", "function f()", "do",
  "repeat", "repeat until", "if x", "while x", "x = (1", "x = {1", "x = t[1", "f(1")
-- case: opened on another line
local function bad(...) for _, s in ipairs{...} do print(select(2, load(s, "=s"))) end end
bad("if x then\n\nreturn 1 2", "f(\n1\n", "x = {\n1\n2}", "function f(\na", "do\nif x then\nend")
-- case: for statements
local function bad(...) for _, s in ipairs{...} do print(select(2, load(s, "=s"))) end end
bad("for", "for 1", "for i", "for i = 1", "for i = 1 do end", "for i = 1, 2, 3, 4 do end",
  "for i, j = 1, 2 do end", "for i in", "for i in x", "for i, in x do end")
-- case: functions and parameters
local function bad(...) for _, s in ipairs{...} do print(select(2, load(s, "=s"))) end end
bad("function", "function 5", "function f", "function f(", "function f(1)", "function f(a,)",
  "function f(...,a)", "function a.b.c:d.e() end", "local function a.b() end",
  "f = function g() end", "return ...,")
-- case: strings
local function bad(...) for _, s in ipairs{...} do print(select(2, load(s, "=s"))) end end
bad("x = 'abc", "x = \"abc\ndef\"", "x = 'a\\qb'", "x = '\\300'", "x = '\\xZZ'", "x = '\\x1'",
  "x = [[abc", "x = [==[abc]]", "x = [=abc", "--[[ open", "x = '\\u{110000000}'", "x = 'a\\")
-- case: numbers
local function bad(...) for _, s in ipairs{...} do print(select(2, load(s, "=s"))) end end
bad("x = 1a", "x = 0x", "x = 0xg", "x = 1e", "x = 1.2.3", "x = 3..2", "x = 0x1p", "x = 1e+",
  "x = 12abc34")
-- case: symbols that Lua has not
local function bad(...) for _, s in ipairs{...} do print(select(2, load(s, "=s"))) end end
bad("x = a ? b : c", "x += 1", "x++", "x != y", "x = !y", "x = a && b", "x = a || b", "x = @",
  "x = $y", "`", "x = 1 \\ 2", "\1", "x = a\0b")
-- case: operators
local function bad(...) for _, s in ipairs{...} do print(select(2, load(s, "=s"))) end end
bad("x = 1 +", "x = * 2", "x = not", "x = #", "x = a and", "x = a .. ", "x = a = b", "x = (a",
  "x = ()", "x = a <> b", "x = 1 ~ ")
-- case: fields and methods
local function bad(...) for _, s in ipairs{...} do print(select(2, load(s, "=s"))) end end
bad("x = a.", "x = a.1", "x = a:b", "a:b", "x = a.end", "x = {a = }", "x = {[1]}", "x = {[1 = 2}",
  "x = a[", "x = a[]", "x = {,}", "(a).b", "a.b")
-- case: reserved words
local function bad(...) for _, s in ipairs{...} do print(select(2, load(s, "=s"))) end end
bad("end = 1", "local and = 1", "x = then", "goto", "goto end", "local function end() end",
  "for in x do end", "nil = 1", "true()", "function nil() end")
-- case: attributes and constants
local function bad(...) for _, s in ipairs{...} do print(select(2, load(s, "=s"))) end end
bad("local x <", "local x <const", "local x <5> = 1", "local x <const> = 1; x = 2",
  "local x <const> = 1; x, y = 1, 2", "local x <const>; local function f() x = 1 end",
  "for i <const> = 1, 2 do end")
-- case: varargs and labels
local function bad(...) for _, s in ipairs{...} do print(select(2, load(s, "=s"))) end end
bad("function f() return ... end", "::", "::a", "::a:", "goto a", "do goto a end do ::a:: end",
  "break", "if x then break end", "::a:: do ::a:: end", "return 1 x = 2")
-- case: long tokens in messages
local function bad(...) for _, s in ipairs{...} do print(select(2, load(s, "=s"))) end end
bad("x = " .. ("a"):rep(100) .. " b", "x = '" .. ("s"):rep(120), "x = y 'string near'",
  "x = 1 1.50", "x = 1 0x10", "x = 1 [[long]]")
-- case: message through pcall of a loaded chunk
local f, message = load("local x = \n\n\n)", "@dir/file.lua")
print(f, message)
print(pcall(f))
-- case: uncaught syntax error in a nested chunk
assert(load("x = = 1", "=nested"))
