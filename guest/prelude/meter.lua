-- The class Meter: core.meter, and the instruments that it makes. An instrument is known to the host by its kind and name, so
-- that one made while the script is loaded works in every instance.
local host = ...
local setmetatable, type = setmetatable, type

local create, record = host.bind("meter.create"), host.bind("meter.record")

local Meter = {}
host.classes.Meter = Meter
core.meter = Meter

-- The kinds of instruments: what makes one, the class of its objects, and their method.
for kind, how in pairs({
  counter = {class = "Counter", method = "add"},
  gauge = {class = "Gauge", method = "set"},
  histogram = {class = "Histogram", method = "record"},
}) do
  local class = host.class(how.class, {
    [how.method] = function(instrument, value, attributes)
      host.check_type(how.method, 1, value, "number")
      if attributes ~= nil then host.check_type(how.method, 2, attributes, "table") end
      record(instrument.kind, instrument.name, value, attributes)
    end,
  })
  Meter[kind] = function(name, options)
    host.check_type(kind, 1, name, "string")
    if options ~= nil then host.check_type(kind, 2, options, "table") end
    options = options or {}
    create(kind, name, options.unit, options.description)
    return setmetatable({kind = kind, name = name}, class)
  end
end
