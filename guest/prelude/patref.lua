-- The class Patref: a set of patterns, of an ACL or a map, and a version of it that is being prepared. Once there is one,
-- changes go to it, and nobody sees them before commit.
local host = ...
local pairs, select, setmetatable, tostring, type = pairs, select, setmetatable, tostring, type
local rawget = rawget

local find, value, entries = host.bind("patref.find"), host.bind("patref.value"), host.bind("patref.entries")
local prepare, commit, clear = host.bind("patref.prepare"), host.bind("patref.commit"), host.bind("patref.clear")
local add, set, delete = host.bind("patref.add"), host.bind("patref.set"), host.bind("patref.delete")

local methods = {}
local class = host.class("Patref", methods)

-- What is no method is a pattern: its value in a map, true in an ACL, nil where there is none.
function class.__index(ref, key)
  local method = methods[key]
  if method ~= nil then return method end
  if type(key) ~= "string" then return nil end
  return value(rawget(ref, 0), key)
end

function class.__pairs(ref)
  local all, i = entries(ref[0]), -1
  return function()
    i = i + 2
    return all[i], all[i + 1]
  end
end

function core.get_patref(...)
  local name = host.string("get_patref", 1, (...), select("#", ...))
  local is_map = find(name)
  if is_map == nil then return nil end
  return setmetatable({[0] = name, map = is_map, version = false}, class)
end

function methods.get_name(ref) return ref[0] end
function methods.is_map(ref) return ref.map end

function methods.prepare(ref)
  ref:giveup()
  ref.version = prepare(ref[0])
end

function methods.giveup(ref)
  if ref.version then clear(ref[0], ref.version) end
  ref.version = false
end

function methods.commit(ref)
  local version = ref.version
  if not version then return nil, "no version is prepared" end
  ref.version = false
  return commit(ref[0], version)
end

function methods.purge(ref)
  clear(ref[0], ref.version)
  return true
end

function methods.add(ref, key, ...)
  key = host.string("add", 1, key)
  if not ref.map then return add(ref[0], ref.version, key) end
  return add(ref[0], ref.version, key, host.string("add", 2, (...)))
end

function methods.add_bulk(ref, all)
  if type(all) ~= "table" then host.bad_argument("add_bulk", 1, "table expected, got " .. type(all)) end
  for key, content in pairs(all) do
    local done, problem
    if ref.map then done, problem = ref:add(key, content) else done, problem = ref:add(content) end
    if not done then return nil, problem end
  end
  return true
end

function methods.del(ref, key) return delete(ref[0], ref.version, host.string("del", 1, key)) end

function methods.set(ref, key, content, force)
  if not ref.map then return nil, "only the values of maps can be set" end
  return set(ref[0], ref.version, host.string("set", 1, key), host.string("set", 2, content), force and true or false)
end

function methods.event_sub(ref, types, f) return host.subscribe("PAT_REF", ref[0], types, f) end
