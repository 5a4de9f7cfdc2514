-- The class Map. An object holds the number of its map: maps are loaded while the scripts are, and live on in every
-- instance.
local host = ...
local select = select
local new, lookup = host.bind("map.new"), host.bind("map.lookup")

local methods = {}
local class = host.class("Map", methods)

Map = {}
for number, name in ipairs({
  "found", "bool", "int", "ip", "bin", "len", "str", "beg", "sub", "dir", "dom", "end", "reg", "regm",
}) do
  Map[name], Map["_" .. name] = number - 1, number - 1
end

function Map.new(...)
  local given = select("#", ...)
  if given < 1 or given > 2 then host.fail("'new' needs at least 1 argument.") end
  local file, method = ...
  file = host.string("new", 1, file)
  method = given == 2 and host.integer("new", 2, method) or Map._str
  return setmetatable({[0] = new(file, method, host.caller())}, class)
end

function methods.lookup(...)
  host.count("lookup", select("#", ...), 2)
  local map, key = ...
  return lookup(map[0], key, "lookup")
end

function methods.slookup(...)
  host.count("lookup", select("#", ...), 2)
  local map, key = ...
  return lookup(map[0], key, "slookup") or ""
end

for _, name in ipairs({"add_acl", "del_acl", "set_map", "del_map"}) do
  local change, count = host.bind("core." .. name), name == "set_map" and 3 or 2
  core[name] = function(...)
    host.count(name, select("#", ...), count)
    local file, key, value = ...
    host.string(name, 1, file)
    host.string(name, 2, key)
    if count == 3 then
      change(file, key, host.string(name, 3, value))
    else
      change(file, key)
    end
  end
end
