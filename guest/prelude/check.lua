-- Checks of arguments with HAProxy's messages. host.fail raises them with the position of the script that called, however
-- deep in the prelude it is called itself.
local host = ...
local select, tonumber, type, floor = select, tonumber, type, math.floor

host.fail = host.bind("fail")
local fail = host.fail

-- host.bad_argument raises what Lua's own functions raise for a bad argument.
function host.bad_argument(name, position, problem)
  fail("bad argument #" .. position .. " to '" .. name .. "' (" .. problem .. ")")
end

local function mistyped(name, position, expected, value, given)
  local actual = type(value)
  if given and position > given then actual = "no value" end
  host.bad_argument(name, position, expected .. " expected, got " .. actual)
end

-- host.string(name, position, value [, given]) -> the value as a string. given is how many arguments there are: one that
-- is missing is called otherwise than one that is nil.
function host.string(name, position, value, given)
  local kind = type(value)
  if kind == "string" then return value end
  if kind ~= "number" then mistyped(name, position, "string", value, given) end
  return tostring(value)
end

-- host.integer(name, position, value [, given]) -> the value as an integer; texts of numbers are numbers.
function host.integer(name, position, value, given)
  local number = tonumber(value)
  if not number or type(value) == "boolean" then mistyped(name, position, "number", value, given) end
  if number ~= floor(number) then host.bad_argument(name, position, "number has no integer representation") end
  return number
end

-- host.count raises an error unless a method got so many arguments, its object included.
function host.count(name, given, expected)
  if given ~= expected then fail("'" .. name .. "' needs " .. expected .. " arguments") end
end

local getinfo = debug.getinfo

-- host.caller() -> file and line of the script that called the prelude
function host.caller()
  for level = 2, 100 do
    local info = getinfo(level, "Sl")
    if not info then break end
    if info.currentline > 0 and not info.short_src:find("^<") then return info.short_src, info.currentline end
  end
  return "?", 0
end
