-- Garbage collection: collectgarbage, weak tables and finalizers. The cases
-- leave the collector in the mode in which they found it.

-- case: result types
print(type(collectgarbage("count")), math.type(collectgarbage("count")), collectgarbage("count") > 0)
print(collectgarbage(), collectgarbage("collect"), collectgarbage("isrunning"))
print(type(collectgarbage("step")), select("#", collectgarbage("count")))
-- case: stop and restart
print(collectgarbage("stop"), collectgarbage("isrunning"))
print(collectgarbage("restart"), collectgarbage("isrunning"))
-- case: modes
local mode = collectgarbage("incremental")
print(collectgarbage("generational"))
print(collectgarbage("incremental"))
print(collectgarbage("incremental", 200, 100, 13))
print(collectgarbage("generational", 20, 100))
print(collectgarbage(mode))
-- case: pause and step multiplier
local pause = collectgarbage("setpause", 150)
print(collectgarbage("setpause", 180), collectgarbage("setpause", pause))
local multiplier = collectgarbage("setstepmul", 200)
print(collectgarbage("setstepmul", 300), collectgarbage("setstepmul", multiplier))
-- case: arguments
print(pcall(collectgarbage, "nothing"))
print(pcall(collectgarbage, 5))
print(pcall(collectgarbage, "step", "x"))
print(pcall(collectgarbage, {}))
-- case: steps finish a cycle
local mode = collectgarbage("incremental")
local done, steps = false, 0
repeat done = collectgarbage("step", 100); steps = steps + 1 until done or steps > 10000
print(done, steps <= 10000)
collectgarbage(mode)
-- case: memory is given back
collectgarbage()
local before = collectgarbage("count")
local t = {}
for i = 1, 1000 do t[i] = {i} end
local during = collectgarbage("count")
t = nil
collectgarbage()
print(during > before + 30, collectgarbage("count") < during - 30)
-- case: weak values
local t = setmetatable({}, {__mode = "v"})
t[1], t[2], t.x = {}, "string", {}
local keep = {}
t.kept = keep
collectgarbage()
print(t[1], t[2], t.x, t.kept == keep)
-- case: weak keys
local t = setmetatable({}, {__mode = "k"})
local keep = {}
t[keep], t[{}], t["text"], t[1] = "kept", "lost", "string", "number"
collectgarbage()
local n = 0
for _ in pairs(t) do n = n + 1 end
print(n, t[keep], t.text, t[1])
-- case: weak keys and values
local t = setmetatable({}, {__mode = "kv"})
local k, v = {}, {}
t[k] = {}; t[{}] = v; t[k] = v
t[1], t[2] = {}, function() return k end
collectgarbage()
local n = 0
for _ in pairs(t) do n = n + 1 end
print(n, t[k] == v, t[1], t[2])
-- case: ephemerons
local t = setmetatable({}, {__mode = "k"})
do local k = {}; t[k] = {k} end
do local a, b = {}, {}; t[a] = b; t[b] = a end
collectgarbage()
print(next(t))
local root = {}
t[root] = {}
t[t[root]] = {}
t[t[t[root]]] = "end of the chain"
collectgarbage()
print(t[t[t[root]]])
-- case: weak mode given later
local mt = {}
local t = setmetatable({{}, {}}, mt)
collectgarbage()
print(#t)
mt.__mode = "v"
collectgarbage()
print(t[1], t[2])
-- case: finalizer order
for i = 1, 4 do setmetatable({}, {__gc = function() print("finalize " .. i) end}) end
collectgarbage()
print("collected")
-- case: finalizer gets its object
local mt = {__gc = function(o, ...) print("gone", o.name, select("#", ...)) end}
setmetatable({name = "first"}, mt)
collectgarbage()
local kept = setmetatable({name = "second"}, mt)
collectgarbage()
print("still here", kept.name)
kept = nil
collectgarbage()
-- case: __gc must be there when the metatable is set
local mt = {}
setmetatable({}, mt)
mt.__gc = function() print("never") end
collectgarbage()
setmetatable({}, mt)
mt.__gc = function() print("replaced") end
collectgarbage()
setmetatable({}, {__gc = true})
collectgarbage()
print("end")
-- case: resurrection
local saved
local mt = {__gc = function(o) print("finalize"); saved = o end}
setmetatable({v = 42}, mt)
collectgarbage()
print(saved.v)
saved = nil
collectgarbage()
print("not finalized again", saved)
-- case: resurrection and a second finalizer
local count = 0
local mt = {}
mt.__gc = function(o) count = count + 1; if count < 3 then setmetatable(o, mt) end end
setmetatable({}, mt)
for i = 1, 5 do collectgarbage(); print(i, count) end
-- case: weak references and finalizers
local values = setmetatable({}, {__mode = "v"})
local keys = setmetatable({}, {__mode = "k"})
do
  local o = setmetatable({}, {__gc = function(o) print("value", values[1], "key", keys[o]) end})
  values[1], keys[o] = o, "found"
end
collectgarbage()
print(values[1])
collectgarbage()
print(next(keys))
-- case: errors in finalizers are not raised
setmetatable({}, {__gc = function() error("lost") end})
print(pcall(collectgarbage))
print("went on")
-- case: collecting in a finalizer
setmetatable({}, {__gc = function() print(collectgarbage("count") ~= nil, collectgarbage()) end})
collectgarbage()
print("end")
-- case: finalizers may make objects with finalizers
local made = 0
local function make(n) setmetatable({}, {__gc = function() made = made + 1; if n > 0 then make(n - 1) end end}) end
make(3)
for i = 1, 4 do collectgarbage() end
print(made)
-- case: cycles
local weak = setmetatable({}, {__mode = "v"})
do
  local a, b = {}, {}
  a.b, b.a = b, a
  weak[1], weak[2] = a, b
end
collectgarbage()
print(weak[1], weak[2])
-- case: closures and coroutines are collected
local weak = setmetatable({}, {__mode = "v"})
do
  local held = {}
  weak.upvalue = held
  weak.co = coroutine.create(function() local x = held; coroutine.yield(x) end)
  coroutine.resume(weak.co)
  weak.f = function() return held end
end
collectgarbage()
print(weak.upvalue, weak.co, weak.f)
-- case: generational mode keeps what is used
local mode = collectgarbage("generational")
local old = {}
for i = 1, 50 do old[i] = {i} end
collectgarbage("step")
for round = 1, 20 do
  for i = 1, 50 do old[i] = {old[i][1] + 1}; local _ = {i, {}} end
  collectgarbage("step")
end
local sum = 0
for i = 1, 50 do sum = sum + old[i][1] end
print(sum)
print(collectgarbage(mode))
-- case: generational mode and weak tables
local mode = collectgarbage("generational")
local weak = setmetatable({}, {__mode = "k"})
local key = {}
weak[key] = {}
for i = 1, 5 do collectgarbage("step"); weak[{}] = i end
collectgarbage()
local n = 0
for _ in pairs(weak) do n = n + 1 end
print(n, weak[key] ~= nil)
collectgarbage(mode)
