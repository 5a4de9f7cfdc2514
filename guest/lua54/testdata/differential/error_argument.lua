-- Messages of library functions about their arguments.

-- case: called by name
print(pcall(function() string.rep() end))
print(pcall(function() ("x"):rep({}) end))
print(pcall(function() ("x"):rep() end))
print(pcall(function() math.floor({}) end))
print(pcall(function() local f = string.rep; f() end))
print(pcall(function() return string.rep() end))
-- case: self counts in method calls
local s = "abc"
print(pcall(function() s:sub() end))
print(pcall(function() s:sub({}) end))
print(pcall(function() s:format() end))
print(pcall(function() s.sub() end))
print(pcall(function() local o = {sub = string.sub}; o:sub(1) end))
-- case: called through a field
local lib = {fn = string.rep, inner = {fn = table.concat}}
print(pcall(function() lib.fn() end))
print(pcall(function() lib.inner.fn(1) end))
print(pcall(function() lib["fn"](nil) end))
print(pcall(function() lib.fn("x", "y") end))
-- case: got no value and got nil
print(pcall(math.floor))
print(pcall(math.floor, nil))
print(pcall(tostring))
print(pcall(setmetatable, {}))
print(pcall(ipairs))
print(pcall(rawset, {}, 1))
print(pcall(table.concat, nil))
-- case: types in the message
for _, v in ipairs{true, "x", print, {}, coroutine.create(print)} do print(pcall(math.abs, v)) end
print(pcall(string.len, {}))
print(pcall(string.len, print))
print(pcall(table.insert, "x", 1))
-- case: numbers without an integer
print(pcall(string.char, 1.5))
print(pcall(string.rep, "x", 1e100))
print(pcall(utf8.char, 0.5))
print(pcall(select, 2.5))
print(pcall(table.unpack, {}, 1.5))
print(pcall(string.sub, "x", "1.5"))
-- case: ranges
print(pcall(string.char, 300))
print(pcall(tonumber, "1", 99))
print(pcall(select, 0))
print(pcall(table.insert, {}, 5, 1))
print(pcall(utf8.codepoint, "x", 9))
print(pcall(string.rep, "xx", 1 << 62))
-- case: options
print(pcall(collectgarbage, "bogus"))
print(pcall(load, "x", "n", 5))
print(pcall(load, "return 1", {}))
print(pcall(debug.getinfo, 1, "?"))
print(pcall(debug.getinfo, 1, ">"))
print(pcall(debug.getinfo, {}))
-- case: from a coroutine
print(coroutine.resume(coroutine.create(string.rep)))
print(pcall(coroutine.wrap(function() string.rep() end)))
print(coroutine.resume(coroutine.create(function() ("x"):rep({}) end)))
-- case: through metamethods
print(pcall(function() return setmetatable({}, {__index = string.rep}).x end))
print(pcall(function() return setmetatable({}, {__add = string.rep}) + 1 end))
print(pcall(function() for _ in string.rep do end end))
print(pcall(function() return #setmetatable({}, {__len = string.rep}) end))
-- case: uncaught
local list = {1, 2, 3}
table.insert(list, 9, "x")
