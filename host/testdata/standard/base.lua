print(loadfile("absent.lua"))
print(pcall(dofile, "absent.lua"))
print(loadfile("module_broken.lua"))
print(pcall(dofile, "module_broken.lua"))
print(dofile("module_plain.lua").name)
print(loadfile("module_shebang.lua")(7))
local environment = {}
print(loadfile("module_nothing.lua", "t", environment)("a", "b"))
print(environment.loaded_names, loaded_names)
environment = {select = select}
print(loadfile("module_plain.lua", nil, environment)(1, 2).data)
print(loadfile("module_plain.lua", "b"))
print(print == _G.print, tostring(print):match("^%a+"))
print(1, 1.0, -0.0, 1e100, nil, true, "x\0y")
print(setmetatable({}, {__tostring = function() return "shown" end}))
print(pcall(print, setmetatable({}, {__tostring = function() return 1 end})))
print(coroutine.wrap(function() return loadfile("module_plain.lua") ~= nil end)())
table.sort({3, 1, 2}, function(a, b) loadfile("absent") return a < b end) -- waits where Lua cannot yield
print((("x"):gsub("x", function() return dofile("module_plain.lua").name or "y" end)))
