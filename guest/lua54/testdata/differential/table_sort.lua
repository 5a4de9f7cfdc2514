-- table.sort: orders, refusals and inconsistent comparators.

-- case: default order
local function show(t) print(table.concat(t, " ")) end
local t = {3, 1, 2}
table.sort(t); show(t)
t = {"b", "a", "C", "10", "9"}
table.sort(t); show(t)
t = {1.5, 1, -1, 2^53, -0.0}
table.sort(t); show(t)
t = {}
table.sort(t); show(t)
-- case: comparator
local t = {5, 3, 8, 1}
table.sort(t, function(a, b) return a > b end)
print(table.concat(t, " "))
local people = {{"bob", 30}, {"ann", 25}, {"cid", 35}}
table.sort(people, function(a, b) return a[2] < b[2] end)
for _, p in ipairs(people) do print(p[1], p[2]) end
-- case: many elements
local t, x = {}, 12345
for i = 1, 500 do x = (x * 1103515245 + 12345) % 2147483648; t[i] = x end
table.sort(t)
local ordered = true
for i = 2, #t do ordered = ordered and t[i - 1] <= t[i] end
print(ordered, t[1], t[250], t[500])
-- case: already ordered and reversed
local t = {}
for i = 1, 300 do t[i] = i end
table.sort(t, function(a, b) return a > b end)
print(t[1], t[300])
table.sort(t)
print(t[1], t[300])
table.sort(t)
print(t[1], t[300])
-- case: equal elements
local t = {}
for i = 1, 200 do t[i] = 7 end
table.sort(t)
print(t[1], t[200], #t)
table.sort(t, function(a, b) return a < b end)
print(t[100])
-- case: invalid order function
local function always() return true end
print(pcall(table.sort, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, always))
print(pcall(table.sort, {3, 2, 1}, always))
print(pcall(table.sort, {1, 1, 1, 1}, function(a, b) return a <= b end))
-- case: incomparable elements
print(pcall(table.sort, {1, "x", 2}))
print(pcall(table.sort, {{}, {}}))
print(pcall(table.sort, {true, false}))
print(pcall(table.sort, {1, 2, nil, 4}))
print(pcall(table.sort, {nil, 1}))
-- case: arguments
print(pcall(table.sort))
print(pcall(table.sort, {2, 1}, 5))
print(pcall(table.sort, {1}, 5))
print(pcall(table.sort, {2, 1}, nil))
print(pcall(table.sort, "abc"))
-- case: errors in the comparator
print(pcall(table.sort, {2, 1}, function() error("compare", 0) end))
print(pcall(table.sort, {2, 1}, function() error({code = 1}) end) == false)
print(pcall(table.sort, {2, 1}, function(a) return a.x.y end))
-- case: yield in the comparator
print(coroutine.resume(coroutine.create(function()
  table.sort({2, 1}, function() coroutine.yield() end)
end)))
-- case: elements with __lt
local mt = {__lt = function(a, b) return a.v < b.v end}
local t = {}
for i, v in ipairs{5, 2, 9, 1} do t[i] = setmetatable({v = v}, mt) end
table.sort(t)
for _, e in ipairs(t) do print(e.v) end
-- case: sort through metamethods
local store = {3, 1, 2}
local t = setmetatable({}, {
  __index = store, __newindex = store, __len = function() return #store end,
})
table.sort(t)
print(table.concat(store, " "), rawlen(t))
-- case: array too big
print(pcall(table.sort, setmetatable({}, {__len = function() return math.maxinteger end})))
print(pcall(table.sort, setmetatable({}, {__len = function() return -1 end})))
-- case: number of comparisons
local calls = 0
local t = {9, 8, 7, 6, 5, 4, 3, 2, 1}
table.sort(t, function(a, b) calls = calls + 1; return a < b end)
print(calls, table.concat(t))
-- case: order by several keys
local t = {{"b", 2}, {"a", 2}, {"b", 1}, {"a", 1}}
table.sort(t, function(x, y)
  if x[1] ~= y[1] then return x[1] < y[1] end
  return x[2] < y[2]
end)
for _, e in ipairs(t) do print(e[1], e[2]) end
