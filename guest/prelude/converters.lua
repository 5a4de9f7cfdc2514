-- The class Converters: all converters of the data plane. Those of txn.c keep their types, those of txn.sc are always
-- strings.
local host = ...

local function object(kind)
  local methods = {}
  for _, name in ipairs(host.bind("converters")()) do methods[name] = host.bind(kind .. "." .. name, true) end
  return host.singleton("Converters", methods)
end

host.converters = object("converter")
host.string_converters = object("string_converter")
