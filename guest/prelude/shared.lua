-- The class Shared: core.shared, what instances share by key.
local host = ...

local Shared = {}
host.classes.Shared = Shared
core.shared = Shared

Shared.get, Shared.set = host.bind("shared.get"), host.bind("shared.set")
Shared.compare_and_set = host.bind("shared.compare_and_set")

local increment, keys, wait = host.bind("shared.incr"), host.bind("shared.keys"), host.bind("shared.wait")
local compare_and_set = Shared.compare_and_set

function Shared.add(key, value, expiry) return compare_and_set(key, nil, value, expiry) end

function Shared.incr(key, by, expiry)
  if by ~= nil and type(by) ~= "number" then host.bad_argument("incr", 2, "number expected, got " .. type(by)) end
  return increment(key, by or 1, expiry)
end

function Shared.delete(key)
  while true do
    local value = Shared.get(key)
    if value == nil then return false end
    if compare_and_set(key, value, nil) then return true end
  end
end

function Shared.keys(prefix, limit) return keys(prefix or "", limit or 1000) end
function Shared.wait(key, old, timeout) return wait(key, old, timeout) end
