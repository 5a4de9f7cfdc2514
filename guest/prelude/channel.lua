-- The class Channel: one direction of an exchange.
local host = ...

local function object(is_response)
  return host.singleton("Channel", {is_resp = function() return is_response end})
end

host.request_channel = object(false)
host.response_channel = object(true)
