-- Limits: stacks, nesting and pattern complexity. Only the start of a message
-- is shown where the rest tells the depth. Frames are wide in the case that
-- fills the Lua stack, so that few calls fill it.

-- case: stack overflow of Lua functions
local names = {}
for i = 1, 190 do names[i] = "l" .. i end
local wide = load("local function f() local " .. table.concat(names, ",") .. "; return 1 + f() end return f()", "=wide")
local ok, m = pcall(wide)
print(ok, m:match("^wide:1: stack overflow"))
print(pcall(function() return "still alive" end))
-- case: C stack overflow in nested pcall
local depth = 0
local function f() depth = depth + 1; local ok, e = pcall(f); if not ok then error(e, 0) end end
local ok, m = pcall(f)
print(ok, m:match("C stack overflow") or m:match("stack overflow"), depth > 100)
-- case: C stack overflow in nested gsub
local function f(s) return (s:gsub(".", f)) end
local ok, m = pcall(f, "x")
print(ok, m:match("C stack overflow"))
-- case: C stack overflow in metamethods
local t = setmetatable({}, {})
getmetatable(t).__index = function(t, k) return t[k .. ""] end
local ok, m = pcall(function() return t.x end)
print(ok, m:match("C stack overflow") or m)
local c = setmetatable({}, {__concat = function(a, b) return a .. b end})
print(select(2, pcall(function() return c .. "x" end)):match("C stack overflow"))
-- case: C stack overflow in nested coroutines
local function nest() return coroutine.wrap(nest)() end
local ok, m = pcall(nest)
print(ok, m:match("C stack overflow"))
-- case: C stack overflow in the parser
for _, s in ipairs{("("):rep(300) .. "1" .. (")"):rep(300), ("{"):rep(300) .. ("}"):rep(300), ("- "):rep(300) .. "1", ("not "):rep(300) .. "x"} do
  local f, m = load("return " .. s, "=deep")
  print(f, m and m:match("C stack overflow"))
end
print(select(2, load(("do "):rep(300) .. ("end "):rep(300), "=deep")):match("C stack overflow"))
-- case: nesting that is allowed
print(load("return " .. ("("):rep(100) .. "1" .. (")"):rep(100))())
print(#load("return " .. ("{"):rep(100) .. ("}"):rep(100))())
print(load("return " .. ("function() return "):rep(50) .. "1" .. (" end"):rep(50)) ~= nil)
-- case: right associative chains
local ok, m = load("return " .. ("a .. "):rep(300) .. "a", "=chain")
print(ok, m and m:match("C stack overflow"))
print(load("return " .. ("1 + "):rep(1000) .. "1")())
print(#load("local a = 'a' return " .. ("a .. "):rep(150) .. "a")())
-- case: pattern too complex
print(pcall(string.match, ("a"):rep(1000), ("a?"):rep(1000)))
print(pcall(string.match, ("x"):rep(40), ("(x"):rep(40)))
print(("a"):rep(1000):match(".-b"), #("a"):rep(1000):match("a-$"))
-- case: pattern recursion
print(pcall(string.find, ("a"):rep(1000), ("(a)"):rep(20) .. (".-"):rep(250) .. "b"))
print(("a"):rep(1000):find(("a-"):rep(5) .. "$"))
-- case: too many local variables
local names = {}
for i = 1, 201 do names[i] = "local v" .. i end
print(load(table.concat(names, "\n"), "=locals"))
names[201] = nil
print(load(table.concat(names, "\n"), "=locals") ~= nil)
-- case: too many registers and arguments
local args = ("x,"):rep(254) .. "x"
print(load("return f(" .. args .. ")", "=args"))
print(load("local t = {" .. args .. "}", "=items") ~= nil)
print(load("local a = " .. ("x,"):rep(300) .. "x", "=list"))
-- case: many constants and long jumps
local t = {}
for i = 1, 1000 do t[i] = ("t[%d] = %d.5"):format(i, i) end
local env = {t = {}}
load("if true then " .. table.concat(t, "\n") .. " end", "=big", "t", env)()
print(#env.t, env.t[1], env.t[1000])
-- case: large table constructors
local t = {}
for i = 1, 500 do t[i] = tostring(i) end
local big = load("return {" .. table.concat(t, ",") .. "}")()
print(#big, big[50], big[51], big[500])
-- case: error in error handling
print(xpcall(error, function(m) return m .. nil end, "first") == false)
local function handler() local x = nil; return x.y end
local ok, m = xpcall(error, handler, "first")
print(ok, type(m))
-- case: unpack and select limits
print(pcall(table.unpack, {}, 1, 1e6))
print(select("#", table.unpack({}, 1, 10000)))
print(pcall(string.char, table.unpack({}, 1, 3)))
-- case: string size limits
print(pcall(string.rep, "abc", math.maxinteger))
print(pcall(string.rep, "a", math.maxinteger, "b"))
print(#("a"):rep(1000000), #("ab"):rep(1000, ", "))
-- case: deep recursion that is allowed
local function sum(n) if n == 0 then return 0 end return n + sum(n - 1) end
print(sum(10000), sum(15000))
