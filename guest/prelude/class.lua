-- What the classes share: their metatables, and the checks of arguments with HAProxy's messages.
local host = ...
local select, type = select, type

-- The methods of every class by its name, for the test that holds them against the table of the API.
host.classes = host.classes or {}

-- host.class(name, methods) -> metatable. An object is a table with its handle in [0].
function host.class(name, methods)
  local text = "HAProxy class " .. name
  host.classes[name] = methods
  return {__index = methods, __tostring = function() return text end}
end

local current = host.bind("current")()

-- host.singleton(name, methods) -> the only object of its class. Its methods work on whatever the running execution is
-- about, so that no execution has to make one. That also makes it no place for a script's own fields: they would be
-- seen by other exchanges.
function host.singleton(name, methods)
  local class = host.class(name, methods)
  class.__newindex = function(_, key)
    error("the " .. name .. " object is shared by all exchanges: it takes no field '" .. tostring(key) .. "'", 2)
  end
  return setmetatable({[0] = current}, class)
end

-- Refuses a call of a function that scripts call directly, unless it got between least and most arguments.
function host.check_count(name, count, least, most)
  if count < least or count > (most or least) then
    local number = most and "between " .. least .. " and " .. most or least
    host.fail("'" .. name .. "' needs " .. number .. " arguments")
  end
end

-- Refuses an argument of another type. Numbers are strings too, as everywhere in Lua.
function host.check_type(name, position, value, expected)
  local actual = type(value)
  if actual ~= expected and not (expected == "string" and actual == "number") then
    host.fail("bad argument #" .. position .. " to '" .. name .. "' (" .. expected .. " expected, got " .. actual .. ")")
  end
end

-- host.method(name, f, count [, most]) -> f behind a check of how many arguments follow the object
function host.method(name, f, count, most)
  local least, most = count + 1, most and most + 1
  return host.count_arguments(f, name, least, most) or function(...)
    host.check_count(name, select("#", ...), least, most)
    return f(...)
  end
end
