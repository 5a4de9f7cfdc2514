-- Loops, goto, blocks and logical operators.

-- case: integer for
for i = 1, 3 do print(i) end
for i = 3, 1 do print("never") end
for i = 3, 1, -1 do print(i) end
for i = 1, 10, 4 do print(i) end
for i = -1, -3, -2 do print(i) end
-- case: for at the limits
local n = 0
for i = math.maxinteger - 2, math.maxinteger do n = n + 1 end
print(n)
for i = math.mininteger, math.mininteger + 1 do print(i) end
for i = math.mininteger + 1, math.mininteger, -1 do print(i) end
for i = math.maxinteger - 1, math.huge, 1 do print(i) end
for i = 1, math.mininteger, math.mininteger do print(i) end
for i = math.mininteger, math.maxinteger, math.maxinteger do print(i) end
-- case: for with float limits
for i = 1, 2.9 do print(i) end
for i = 3, 1.1, -1 do print(i) end
for i = 1, -math.huge do print("never") end
for i = 1, 0/0 do print("never") end
for i = math.maxinteger, 1e100 do print(i) end
-- case: float for
for x = 1.0, 2, 0.5 do print(x) end
for x = 1, 2, 0.5 do print(x, math.type(x)) end
for x = 0.1, 0.3, 0.1 do print(x) end
for x = 1, 0, -0.25 do print(x) end
-- case: for refuses
print(pcall(function() for i = 1, 10, 0 do end end))
print(pcall(function() for i = 1.0, 10, 0 do end end))
print(pcall(function() for i = "a", 10 do end end))
print(pcall(function() for i = 1, "10" do end end))
print(pcall(function() for i = 1, 10, {} do end end))
print(pcall(function() for i = nil, 1 do end end))
print(pcall(function() for i = 1, nil do end end))
print(pcall(function() for i = 1, 2, nil do end end))
-- case: the control variable is a copy
for i = 1, 3 do local j = i; i = i * 10; print(j, i) end
local limit = 2
for i = 1, limit do limit = 10; print(i) end
print(limit)
-- case: generic for
local function iter(s, i) i = i + 1; if i <= s then return i, i * 10 end end
for a, b, c in iter, 3, 0 do print(a, b, c) end
for k in next, {5} do print(k) end
-- case: generic for refuses
print(pcall(function() for x in 5 do end end))
print(pcall(function() for x in nil do end end))
print(pcall(function() local t = {}; for x in t do end end))
print(pcall(function() for x in math.floor do end end))
-- case: while repeat and break
local i = 0
while true do i = i + 1; if i > 3 then break end; if i ~= 2 then print(i) end end
repeat local done = i >= 6; i = i + 1; print("repeat", i) until done
while i < 0 do print("never") end
repeat print("once") until true
-- case: nested break
for i = 1, 3 do
  for j = 1, 3 do
    if j == 2 then break end
    print(i, j)
  end
  if i == 2 then break end
end
-- case: goto continue
for i = 1, 5 do
  if i % 2 == 0 then goto continue end
  print(i)
  ::continue::
end
-- case: goto backwards and out of loops
local i = 1
::again::
if i <= 3 then print("lap", i); i = i + 1; goto again end
for x = 1, 3 do for y = 1, 3 do if x * y == 4 then print(x, y); goto done end end end
::done:: print("done")
-- case: goto makes fresh locals
local fs = {}
do
  local i = 1
  ::top::
  local j = i
  fs[i] = function() j = j + 1; return j end
  i = i + 1
  if i <= 3 then goto top end
end
print(fs[1](), fs[1](), fs[2](), fs[3]())
-- case: goto as a state machine
local input, at, out = "aab$", 0, {}
::start:: do at = at + 1; local c = input:sub(at, at); if c == "a" then out[#out + 1] = "A"; goto start elseif c == "b" then goto other else goto finish end end
::other:: do out[#out + 1] = "B"; goto start end
::finish:: print(table.concat(out))
-- case: goto errors
print(load("goto missing"))
print(load("do ::inside:: end goto inside"))
print(load("goto skip; local x = 1; ::skip:: print(x)"))
print(load("::twice:: ::twice::"))
print(load("break"))
print(load("for i = 1, 2 do local f = function() break end end"))
print(load("goto l1; local a; ::l1:: ::l2:: ;") ~= nil)
print(load("repeat goto c; local x; ::c:: until x"))
-- case: and or not
print(1 and 2, nil and 1, false and nil, nil or 1, false or nil, 0 and "zero", "" and "empty")
print(not nil, not 0, not not 1, nil == false, 1 and nil or 3, false or false)
local function t() print("t") return true end
local function f() print("f") return false end
print(t() or f(), f() and t(), f() or t(), t() and f())
-- case: conditions
local function check(v) if v then return "true" else return "false" end end
print(check(nil), check(false), check(0), check(""), check({}), check(0/0))
local x = 5
if x < 3 then print("small") elseif x < 10 then print("middle") else print("large") end
-- case: scope of locals
local x = 1
do local x = x + 1; do local x = x + 1; print(x) end; print(x) end
print(x)
local x = x; x = x + 10
print(x)
local function f() return f end
local g = function() return g end
print(f() == f, g())
-- case: repeat sees its locals
local n = 0
repeat local last = n; n = n + 1 until last == 3
print(n)
-- case: evaluation order of calls
local log = {}
local function at(n) log[#log + 1] = n; return n end
local t = {at(1), at(2), [at(3)] = at(4)}
local _ = at(5) + at(6) * at(7)
local a, b = at(8), at(9)
print(table.concat(log, " "))
-- case: _ENV
local function f() local _ENV = {y = 5}; return y, x end
print(f())
local _ENV = setmetatable({z = 1}, {__index = _ENV})
w = 2
print(z, w, _ENV.w, _G.w)
-- case: long if chains and numbers of locals
local src = {}
for i = 1, 100 do src[i] = ("if n == %d then return '%d' end"):format(i, i * i) end
local f = load("local n = ...\n" .. table.concat(src, "\n"))
print(f(1), f(50), f(100), f(101))
