-- load: sources, names, modes and environments.

-- case: strings
print(load("return 1 + 1")())
print(load("return ...")(1, 2, 3))
print(select("#", load("")()))
print(load("x = "))
-- case: functions as sources
local parts = {"return ", "1 ", "+ 2", nil}
local i = 0
print(load(function() i = i + 1; return parts[i] end)())
local stop = {"return 'early'", "", " .. 'never'"}
i = 0
print(load(function() i = i + 1; return stop[i] end)())
-- case: bad sources
print(load(function() return true end))
print(load(function() return {} end))
print(load(function() error("reader", 0) end))
print(pcall(load))
print(pcall(load, nil))
print(pcall(load, {}))
-- case: chunk names
print(load("x =", "=name"))
print(load("x =", "@file.lua"))
print(load("x =", "text"))
print(load("x =", "line one\nline two"))
print(load("\n\nx =", "=" .. ("n"):rep(100)))
print(load("x =", "@" .. ("d/"):rep(50) .. "file.lua"))
print(load("x =", ("long "):rep(30)))
print(select("#", load(function() return nil end, "=empty")()))
print(load("x =", ""))
-- case: name of a function source
local done
print(load(function() if done then return nil end done = true; return "x =" end))
-- case: modes
print(load("return 1", "=m", "t")())
print(load("return 1", "=m", "b"))
print(load("\27Lua", "=m", "t"))
print(load("return 1", "=m", "bt")())
print(load("return 1", "=m", "x"))
-- case: environments
local env = {y = 5}
local f = load("x = y; return x", "=env", "t", env)
print(f(), env.x, x)
print(load("return _ENV", "=e", "t", env)() == env)
print(pcall(load("return a.b", "=e", "t", {})))
print(pcall(load("return print", "=e", "t", nil)))
-- case: upvalue of a loaded chunk
local f = load("return a")
print(debug.getupvalue(f, 1) == "_ENV", debug.getupvalue(load("local a return a"), 2))
debug.setupvalue(f, 1, {a = "replaced"})
print(f())
-- case: comments and shebang
print(load("#!shebang\nreturn 1"))
print(load("--comment\nreturn 1")())
print(load("--[[ long\n]] return 2")())
print(load("--[==[ a ]] b ]==] return 3")(), load("return 4 --")())
-- case: line numbers in errors
print(pcall(load("\n\nerror('third')", "=l")))
print(pcall(load("local a\nlocal b =\n a.x", "=l")))
print(pcall(load("f(\n\n)", "=l", "t", {})))
print(pcall(load("local t = {}\nt\n.x\n.y = 1", "=l")))
-- case: line ends
print(pcall(load("\r\n\r\nerror('x')", "=l")))
print(pcall(load("\n\r\n\rerror('x')", "=l")))
print(pcall(load("\r\rerror('x')", "=l")))
print(#load("return '\\\r\n'")(), #load("return [[\r\n\r\n]]")())
-- case: semicolons and ambiguity
print(load(";;; return 1;")(), load("local f = function(x) return x end return f\n(5)")())
print(load("return 1 return 2"))
print(load("return;;"))
print(load("local a = {1, 2,; 3}"))
-- case: nested load
print(load("return load('return load(\"return 7\")()')()")())
-- case: reader in pieces of one byte
local src, at = "local s = 0 for i = 1, 10 do s = s + i end return s", 0
print(load(function() at = at + 1; return src:sub(at, at) end)())
