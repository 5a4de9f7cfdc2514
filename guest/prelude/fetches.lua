-- The class Fetches: all sample fetches of the data plane. Those of txn.f keep their types, those of txn.sf are always
-- strings.
local host = ...

local function object(kind)
  local methods = {}
  for _, name in ipairs(host.bind("fetches")()) do methods[name] = host.bind(kind .. "." .. name, true) end
  return host.singleton("Fetches", methods)
end

host.fetches = object("fetch")
host.string_fetches = object("string_fetch")
