package.path = "./?.lua;./none/?.lua"
package.cpath = "./none/?.so"
local m, data = require("module_plain")
print(m.name, m.data, data)
print(require("module_plain") == m, package.loaded.module_plain == m)
print(require("module_nothing"))
print(require("module_nothing"), loaded_names)
package.loaded.module_nothing = nil
print(require("module_nothing"))
print(loaded_names)
print(select(2, pcall(function() local x = require("module_broken") end)))
print(select(2, pcall(function() local x = require("not.there") end)))
print(select(2, pcall(function() local x = require("absent") end)))
package.preload.made = function(...) print("loader", ...) return false end
print(require("made"))
print(package.loaded.made)
package.preload.again = function(name) package.loaded[name] = "set" end
print(require("again"))
print(package.searchpath("a.b", "./?.x;./?/y"))
print(package.searchpath("module_plain", package.path))
print(package.searchpath("a-b", "./?.x", "-", "+"))
print(package.config == "/\n;\n?\n!\n-\n", #package.searchers, package.loaded == require("package").loaded)
print(type(package.loaded.string), package.loaded._G == _G, package.loaded.io == io)
table.insert(package.searchers, 2, function(name) if name == "custom" then return function(...) return table.concat({...}, "+") end, "extra" end return "\n\tno custom" end)
print(require("custom"))
print(select(2, pcall(function() local x = require("elsewhere") end)))
package.searchers = nil
print(select(2, pcall(function() local x = require("elsewhere") end)))
package.searchers = {}
print(select(2, pcall(function() local x = require("elsewhere") end)))
print(pcall(require))
