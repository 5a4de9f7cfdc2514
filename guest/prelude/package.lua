-- The package library and require, for modules written in Lua and for native ones, which are WebAssembly here.
local host = ...
local getenv, readable = host.bind("os.getenv"), host.bind("file.readable")
local bind, open_native = host.bind, host.bind("native.open")
local concat, gmatch, gsub, find = table.concat, string.gmatch, string.gsub, string.find
local error, ipairs, tostring, type = error, ipairs, tostring, type

local version = string.match(_VERSION, "%d+%.%d+")

-- Where the distributions keep modules for this version of Lua, and for the one that HAProxy is built with there.
local folders = {}
for _, v in ipairs(version == "5.3" and {version} or {version, "5.3"}) do
  for _, folder in ipairs({"/usr/local/share/lua/", "/usr/local/lib/lua/", "/usr/share/lua/"}) do
    folders[#folders + 1] = folder .. v .. "/?.lua;" .. folder .. v .. "/?/init.lua"
  end
end
local default_path = concat(folders, ";") .. ";./?.lua;./?/init.lua"
-- Libraries for the machine itself are found only to tell why they are not loaded, rather than that there are none.
local default_cpath = "/usr/local/lib/lua/" .. version .. "/?.wasm;/usr/lib/lua/" .. version .. "/?.wasm;./?.wasm;" ..
  "/usr/local/lib/lua/" .. version .. "/?.so;/usr/lib/lua/" .. version .. "/?.so;./?.so"

-- A path from the environment, in which ";;" stands for the default.
local function path(variable, default)
  local value = getenv(variable .. "_" .. gsub(version, "%.", "_")) or getenv(variable)
  if not value then return default end
  value = gsub(value, ";;", ";" .. default .. ";")
  return (gsub(gsub(value, "^;", ""), ";$", ""))
end

package = host.loaded.package or {}
package.path = path("LUA_PATH", default_path)
package.cpath = path("LUA_CPATH", default_cpath)
package.config = "/\n;\n?\n!\n-\n"
package.loaded = host.loaded
package.preload = {}
host.loaded.package = package

local native_refused = "native libraries cannot be loaded into the sandbox; " ..
  "use a module written in Lua, or one compiled to WebAssembly"

function package.loadlib(file, name)
  host.text(1, "loadlib", file)
  host.text(2, "loadlib", name)
  error("package.loadlib: " .. native_refused, 2)
end

-- A text as a pattern, and as a replacement.
local function pattern(text) return (gsub(text, "%W", "%%%0")) end
local function literal(text) return (gsub(text, "%%", "%%%%")) end

function package.searchpath(name, templates, separator, replacement)
  host.text(1, "searchpath", name)
  host.text(2, "searchpath", templates)
  separator = separator or "."
  if separator ~= "" then name = gsub(name, pattern(separator), literal(replacement or "/")) end
  local tried = {}
  for template in gmatch(templates, "[^;]+") do
    local file = gsub(template, "%?", literal(name))
    if readable(file) then return file end
    tried[#tried + 1] = "no file '" .. file .. "'"
  end
  return nil, concat(tried, "\n\t")
end
local searchpath = package.searchpath

-- A changed package.path is the script's business; one that is no string is its mistake.
local function templates(field)
  local value = package[field]
  if type(value) ~= "string" then error("'package." .. field .. "' must be a string", 0) end
  return value
end

local function refuse(name, file, reason)
  error("error loading module '" .. name .. "' from file '" .. file .. "':\n\t" .. reason, 0)
end

local function search_preload(name)
  local loader = package.preload[name]
  if loader == nil then return "no field package.preload['" .. name .. "']" end
  return loader, ":preload:"
end

local function search_script(name)
  local file, tried = searchpath(name, templates("path"))
  if not file then return tried end
  local loader, message = host.load_file(file)
  if not loader then refuse(name, file, message) end
  return loader, file
end

-- What native.open returned, as a module's table.
local function native_module(number, ...)
  if not number then return nil, (...) end
  local functions = {}
  for i, name in ipairs({...}) do functions[name] = bind("native." .. number .. "." .. i - 1) end
  return functions
end

local function is_library(file) return find(file, "%.so$") ~= nil end

local function search_native(name)
  local file, tried = searchpath(name, templates("cpath"))
  if not file then return tried end
  if is_library(file) then refuse(name, file, native_refused) end
  local functions, message = native_module(open_native(file))
  if not functions then refuse(name, file, message) end
  return function() return functions end, file
end

-- In C a library may hold the modules below its own; one module in WebAssembly is one module.
local function search_native_root(name)
  local dot = find(name, ".", 1, true)
  if not dot then return nil end
  local file, tried = searchpath(name:sub(1, dot - 1), templates("cpath"))
  if not file then return tried end
  if is_library(file) then refuse(name, file, native_refused) end
  return "no module '" .. name .. "' in file '" .. file .. "'"
end

package.searchers = {search_preload, search_script, search_native, search_native_root}
package.loaders = package.searchers -- what Lua 5.1 calls them

local function find_loader(name)
  local searchers = package.searchers
  if type(searchers) ~= "table" then error("'package.searchers' must be a table", 3) end
  local tried = {}
  for _, searcher in ipairs(searchers) do
    local loader, data = searcher(name)
    if type(loader) == "function" then return loader, data end
    if type(loader) == "string" then tried[#tried + 1] = "\n\t" .. loader end
  end
  error("module '" .. name .. "' not found:" .. concat(tried), 3)
end

function require(name)
  name = tostring(host.text(1, "require", name))
  local loaded = host.loaded
  if loaded[name] then return loaded[name] end
  local loader, data = find_loader(name)
  local value = loader(name, data)
  if value ~= nil then loaded[name] = value end
  if loaded[name] == nil then loaded[name] = true end
  return loaded[name], data
end

-- The analysis of what registrations share knows it by this.
host.require = require
