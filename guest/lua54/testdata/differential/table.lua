-- Tables and the table library, without sort.

-- case: length and border
print(#{}, #{1, 2, 3}, #{1, 2, nil}, #{n = 3}, #{[1] = 1, [2] = 2}, #"abc")
local t = {}
for i = 1, 10 do t[i] = i end
t[10] = nil
print(#t)
t[#t + 1] = "x"
print(#t, t[10])
-- case: growing and shrinking
local t = {}
for i = 1, 100 do t[#t + 1] = i end
for i = 1, 60 do t[#t] = nil end
print(#t, t[40], t[41])
t[1] = nil
print(#t, t[1], next(t) ~= nil)
-- case: constructors
local function many() return 1, 2, 3 end
print(#{many()}, #{many(), 10}, #{(many())}, #{many(), many()})
local t = {10, 20, [1] = "overwritten?", x = 1, [2 + 1] = 30, "third"; 40}
print(t[1], t[2], t[3], t[4], t.x)
local t = {[1] = "a"; "b", f = function() return 1 end, ["two words"] = 2}
print(t[1], t.f(), t["two words"])
-- case: insert
local t = {}
table.insert(t, "a"); table.insert(t, 1, "b"); table.insert(t, 3, "c"); table.insert(t, 2, "d")
print(table.concat(t, ","), select("#", table.insert(t, "e")))
print(pcall(table.insert, t, 10, "x"))
print(pcall(table.insert, t, 0, "x"))
print(pcall(table.insert, t))
print(pcall(table.insert, t, 1, 2, 3))
print(pcall(table.insert, nil, 1))
print(pcall(table.insert, t, "x", 1))
-- case: remove
local t = {1, 2, 3, 4}
print(table.remove(t), table.remove(t, 1), #t, t[1], t[2])
print(table.remove(t, 3), table.remove({}), table.remove({}, 0), select("#", table.remove({})))
print(pcall(table.remove, t, 5))
print(pcall(table.remove, t, -1))
local z = {[0] = "zero"}
print(table.remove(z, 0), z[0], #z)
-- case: move
local t = table.move({1, 2, 3}, 2, 3, 1)
print(table.concat(t, ","))
print(table.concat(table.move({1, 2, 3}, 1, 3, 2), ","), table.concat(table.move({1, 2, 3}, 1, 3, 3), ","))
local to = {9}
print(table.move({1, 2}, 1, 2, 2, to) == to, table.concat(to, ","))
print(#table.move({1, 2, 3}, 1, 0, 5), #table.move({}, 1, 2, 1))
print(pcall(table.move, {}, 1, math.maxinteger, 2))
print(pcall(table.move, {}, math.mininteger, 0, 1))
print(pcall(table.move, {}, 1, 2))
print(pcall(table.move, {}, 1, 2, 3, 4))
-- case: move with metamethods
local log = {}
local src = setmetatable({}, {__index = function(_, i) log[#log + 1] = "get " .. i; return i * 10 end})
local dst = setmetatable({}, {__newindex = function(t, i, v) log[#log + 1] = "set " .. i; rawset(t, i, v) end})
table.move(src, 1, 3, 2, dst)
print(table.concat(log, "; "))
print(dst[2], dst[3], dst[4])
-- case: pack and unpack
local p = table.pack(1, nil, 3, nil)
print(p.n, p[1], p[2], p[3], #table.pack() == 0, table.pack().n)
print(table.unpack({1, 2, 3}))
print(table.unpack({1, 2, 3}, 2), table.unpack({1, 2, 3}, 2, 3))
print(table.unpack({}, 1, 3))
print(select("#", table.unpack({}, 1, 0)), select("#", table.unpack({n = 3}, 1, 3)))
print(table.unpack({[-1] = "a", [0] = "b"}, -1, 0))
print(pcall(table.unpack, {}, 1, 1e7))
print(pcall(table.unpack, {}, math.mininteger, math.maxinteger))
print(table.unpack({1, 2}, math.maxinteger, math.maxinteger))
-- case: unpack of other values
print(pcall(table.unpack))
print(pcall(table.unpack, 1, 1, 2))
print(table.unpack(setmetatable({}, {__index = function(_, i) return i * i end}), 1, 4))
print(table.unpack(setmetatable({}, {__len = function() return 3 end, __index = function(_, i) return -i end})))
print(table.unpack("abc", 1, 2))
-- case: concat
print(table.concat({1, 2, 3}), table.concat({"a", "b"}, ", "), table.concat({}, ","), table.concat({5}, "x", 1, 1))
print(table.concat({1, 2, 3}, 0), table.concat(setmetatable({}, {__len = function() return 2 end, __index = function(_, i) return "i" .. i end}), "-"))
print(pcall(table.concat, {}, ",", 1, 2))
print(pcall(table.concat, 1))
print(pcall(table.concat, {}, {}))
print(table.concat({"x"}, ",", math.maxinteger, math.mininteger) == "")
-- case: library functions respect __len and refuse odd lengths
local t = setmetatable({1, 2, 3, 4}, {__len = function() return 2 end})
table.insert(t, "new")
print(rawget(t, 3), table.remove(t), rawlen(t))
print(pcall(table.insert, setmetatable({}, {__len = function() return "x" end}), 1))
print(pcall(table.unpack, setmetatable({}, {__len = function() return 1.5 end})))
-- case: table functions accept table-like values
local proxy = setmetatable({}, {
  __index = function(_, i) return i <= 2 and "v" .. i or nil end,
  __newindex = function(_, i, v) print("set", i, v) end,
  __len = function() return 2 end,
})
table.insert(proxy, "end")
print(table.remove(proxy))
-- case: next
print(next({}), next({10}), next({a = 1}))
print(pcall(next, {}, "missing"))
print(pcall(next, {}, 1.5))
print(pcall(next))
print(pcall(next, {1, 2}, 3))
print(next({1, 2}, 2), next({1, 2}, 1))
print(pcall(next, {1, 2}, 1.0))
-- case: clearing during a traversal
local t = {}
for i = 1, 50 do t["k" .. i] = i end
local n = 0
for k in pairs(t) do t[k] = nil; n = n + 1 end
print(n, next(t))
-- case: ipairs
for i, v in ipairs({1, 2, nil, 4}) do print(i, v) end
for i, v in ipairs(setmetatable({}, {__index = function(_, i) if i < 4 then return i * 2 end end})) do print(i, v) end
print(pcall(ipairs))
print(select("#", ipairs({})), select(3, ipairs({})))
print(pcall(function() for _ in ipairs(nil) do end end))
-- case: invalid keys
local t = {}
print(pcall(function() t[nil] = 1 end))
print(t[nil], pcall(rawset, t, nil, 1))
print(pcall(function() return {[nil] = 1} end))
print(pcall(rawset, 1, 2, 3))
print(pcall(rawget, t))
-- case: keys of many types
local f, tab, co = function() end, {}, coroutine.create(function() end)
local t = {[true] = "true", [false] = "false", [f] = "function", [tab] = "table", [co] = "thread", [1] = "int", [1.5] = "float", [""] = "empty"}
print(t[true], t[false], t[f], t[tab], t[co], t[1], t[1.5], t[""], t[{}])
-- case: rawlen rawget rawequal
local t = setmetatable({1, 2}, {__index = function() return "default" end, __len = function() return 99 end, __eq = function() return true end})
print(#t, rawlen(t), t[5], rawget(t, 5), t == setmetatable({}, getmetatable(t)), rawequal(t, {}), rawlen("four"))
print(pcall(rawlen, 5))
print(pcall(rawequal, 1))
-- case: multiple assignment order
local i, t = 1, {}
i, t[i] = i + 1, 20
print(i, t[1], t[2])
local a, b, c = (function() return 1, 2 end)()
print(a, b, c)
a, b = b, a
print(a, b)
local x, y = 1
print(x, y)
-- case: negative and huge integer keys
local t = {[-1] = "neg", [0] = "zero", [math.maxinteger] = "max", [math.mininteger] = "min"}
print(#t, t[-1], t[0], t[math.maxinteger], t[math.mininteger], t[math.maxinteger + 1])
