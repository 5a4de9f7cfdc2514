-- string.gsub: replacement strings, tables and functions.

-- case: replacement string
print(("hello world"):gsub("o", "0"))
print(("hello"):gsub("", "-"))
print(("hello"):gsub("l+", "[%0]"))
print(("abc"):gsub("%w", "%0%0"))
print(("hello world"):gsub("(%w+) (%w+)", "%2 %1"))
print(("x"):gsub("x", "%%"))
-- case: whole match as capture one
print(("abc"):gsub("b", "<%1>"))
print(("abc"):gsub("(b)", "<%1>"))
print(("abc"):gsub("()b", "<%1>"))
-- case: invalid replacement strings
print(pcall(string.gsub, "a", "a", "%2"))
print(pcall(string.gsub, "a", "(a)", "%2"))
print(pcall(string.gsub, "a", "a", "%"))
print(pcall(string.gsub, "a", "a", "%x"))
print(pcall(string.gsub, "a", "a", "%9"))
-- case: count limit
print(("aaaa"):gsub("a", "b", 2))
print(("aaaa"):gsub("a", "b", 0))
print(("aaaa"):gsub("a", "b", -1))
print(("aaaa"):gsub("a", "b", 100))
print(("aaaa"):gsub("a", "b", math.maxinteger))
-- case: replacement table
local t = {name = "Lua", version = 5.4, [1] = "one"}
print(("$name $version $none"):gsub("%$(%w+)", t))
print(("name"):gsub("%w+", t))
print(("1"):gsub("%d", {["1"] = "string key"}))
print(("a"):gsub("()", {[1] = "first", [2] = "second"}))
-- case: replacement table with __index
local t = setmetatable({}, {__index = function(_, key) return key:upper() .. "!" end})
print(("one two"):gsub("%w+", t))
-- case: replacement function
print(("abc"):gsub("%w", function(c) return c:byte() .. "," end))
print(("abc"):gsub("(a)(b)", function(a, b) return b .. a end))
print(("abc"):gsub("b", function() end))
print(("abc"):gsub("b", function() return false end))
print(("abc"):gsub("()", function(p) return p end))
-- case: function results of other types
print(pcall(string.gsub, "a", "a", function() return {} end))
print(pcall(string.gsub, "a", "a", function() return true end))
print(pcall(string.gsub, "a", "a", {a = true}))
print(pcall(string.gsub, "a", "a", {a = print}))
print(("ab"):gsub("%w", {a = 1, b = 1.5}))
-- case: arguments
print(pcall(string.gsub, "a", "a"))
print(pcall(string.gsub, "a", "a", nil))
print(pcall(string.gsub, "a", "a", true))
print(pcall(string.gsub, "a"))
print(pcall(string.gsub, "a", "a", "b", "x"))
print(("a1"):gsub("%d", 2))
-- case: anchored
print(("aaa"):gsub("^a", "b"))
print(("aaa"):gsub("a$", "b"))
print(("abc"):gsub("^", "> "))
print(("abc"):gsub("$", " <"))
print(("hello"):gsub("^x*", "-"))
-- case: empty matches between others
print(("abc"):gsub("b*", "-"))
print(("hello world"):gsub("o*", "x"))
print((""):gsub("", "x"))
print((""):gsub(".", "x"))
print(("a,b,,c"):gsub("[^,]*", "<%0>"))
-- case: errors raised in the function
print(pcall(string.gsub, "abc", "b", function() error("inside", 0) end))
print(pcall(string.gsub, "abc", "b", function() error({}) end) == false)
print(pcall(function() return ("abc"):gsub("b", function(c) return c + 1 end) end))
-- case: nested calls
print(("a(b)c"):gsub("%b()", function(s)
  return (s:gsub("%w", string.upper))
end))
local depth = 0
local function nest(s)
  depth = depth + 1
  if depth > 5 then return s end
  return (s:gsub(".", function(c) return nest(c) end))
end
print(nest("x"), depth)
-- case: embedded zeros
print((("a\0b\0c"):gsub("%z", "-")))
print(#(("a-b"):gsub("-", "\0")), (("a\0b"):gsub("\0", "%0%0")):byte(1, -1))
-- case: escaping helpers
local function escape(s) return (s:gsub("%p", "%%%0")) end
print(escape("a.b*c"), ("a.b*c"):find(escape("a.b*c")))
local function url(s)
  return (s:gsub("[^%w%-._~]", function(c) return ("%%%02X"):format(c:byte()) end))
end
print(url("a b/c?d=é"))
print((url("a b&c"):gsub("%%(%x%x)", function(h) return string.char(tonumber(h, 16)) end)))
-- case: unchanged subject
local s = "nothing here"
local r, n = s:gsub("z", "y")
print(r == s, n, rawequal(r, s))
print(s:gsub("nothing", "%0"))
-- case: yield from a replacement function
local co = coroutine.wrap(function()
  return ("abc"):gsub("b", function() coroutine.yield(1) end)
end)
print(pcall(co))
