-- The service lua.redis: INCR, GET and SET of the Redis protocol, over a table.
local values = {}

local commands = {
  INCR = function(key)
    values[key] = (tonumber(values[key]) or 0) + 1
    return ":" .. values[key]
  end,
  GET = function(key)
    local value = values[key] and tostring(values[key])
    return value and "$" .. #value .. "\r\n" .. value or "$-1"
  end,
  SET = function(key, value)
    values[key] = value
    return "+OK"
  end,
}

core.register_service("redis", "tcp", function(applet)
  while true do
    local count = tonumber(applet:getline():match("^%*(%d+)"))
    if not count then return end
    local words = {}
    for i = 1, count do
      local length = tonumber(applet:getline():match("^%$(%d+)"))
      words[i] = applet:receive(length)
      applet:getline() -- the line's end
    end
    local command = commands[words[1]:upper()]
    applet:send((command and command(words[2], words[3]) or "-ERR unknown command") .. "\r\n")
  end
end)
