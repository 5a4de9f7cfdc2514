-- error, assert and pcall: levels and values of every type.

-- case: levels
local function one() error("level one", 1) end
local function two() error("level two", 2) end
local function zero() error("level zero", 0) end
local function big() error("level big", 50) end
print(pcall(one))
print(pcall(function()
  two()
end)); print(pcall(zero)); print(pcall(big)); print(pcall(two)); print(pcall(error, "direct")); print(pcall(error, "direct", 2))
-- case: levels through helpers
local function check(v) if not v then error("check failed", 3) end end
local function api(v) check(v) return "ok" end
print(pcall(function()
  local x = api(true)
  x = api(false)
end))
-- case: values
for _, v in ipairs{1, 1.5, true, "text"} do print(pcall(error, v)) end
print(pcall(error, nil))
print(pcall(error))
print(select("#", pcall(error)))
print(pcall(error, false))
local t = {}
print(select(2, pcall(error, t)) == t, select(2, pcall(error, print)) == print)
-- case: no position for values that are not strings
print(pcall(function() error(5) end))
print(pcall(function() error("5") end))
print(pcall(function() error(true) end))
print(pcall(function() error() end))
-- case: error objects
local E = {}; E.__index = E; E.__tostring = function(e) return "E(" .. e.code .. ")" end
local ok, e = pcall(function() error(setmetatable({code = 404}, E)) end)
print(ok, tostring(e), e.code, getmetatable(e) == E)
-- case: assert
print(assert(1, 2, 3))
print(pcall(assert, false))
print(pcall(assert, nil, "message"))
print(pcall(assert, false, {1}) == false)
print(pcall(assert))
print(pcall(assert, nil, nil))
print(pcall(assert, false, 42))
print(pcall(function() assert(nil, "message") end))
print(pcall(function() assert(false) end))
print(select("#", assert(1, nil, nil)))
-- case: assert keeps the value
local t = {}
print(select(2, pcall(assert, nil, t)) == t, assert(t) == t, select("#", assert(false == false)))
-- case: nested pcall
print(pcall(pcall, error, "x"))
print(pcall(pcall, pcall, error, "y"))
print(pcall(function() local ok, e = pcall(error, "inner", 0); error("outer: " .. e, 0) end))
-- case: rethrow keeps the message
local ok, e = pcall(function() local ok, e = pcall(error, "first", 0); error(e) end)
print(e)
local ok, e = pcall(function() local ok, e = pcall(error, {n = 1}); e.n = e.n + 1; error(e) end)
print(e.n)
-- case: state after an error
local n = 0
local function step() n = n + 1; if n == 2 then error("two", 0) end; n = n + 10 end
print(pcall(step), n)
print(pcall(step), n); n = 1; print(pcall(step), n)
-- case: pcall results
print(pcall(function() return 1, nil, 3 end))
print(select("#", pcall(function() end)))
print(pcall(select, 2, "a", "b", "c"))
print(pcall(type))
print(pcall(next, {}))
-- case: try and finally
local function try(f, catch, finally) local r = table.pack(pcall(f)); if not r[1] then r = table.pack(true, catch(r[2])) end; finally(); return table.unpack(r, 2, r.n) end
print(try(function() error("E", 0) end, function(e) return "caught " .. e end, function() print("finally") end))
print(try(function() return 1, 2 end, print, function() print("finally") end))
-- case: uncaught string
error("uncaught")
-- case: uncaught without position
error("bare", 0)
-- case: uncaught table
error({code = 1})
-- case: uncaught nil
error(nil)
-- case: uncaught from a function
local function helper(x)
  if x == nil then error("helper needs x", 2) end
end
helper(1)
helper()
-- case: uncaught assertion
print("before")
assert(1 == 2, "one is not two")
