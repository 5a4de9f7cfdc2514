-- The class HTTPMessage: a message that passes a filter.
local host = ...
local setmetatable = setmetatable

local function class(direction)
  local methods = {}
  host.bind_data(methods, direction)
  methods.body = host.method("body", host.bind("channel." .. direction .. "_data", true), 0, 2)
  for _, name in ipairs({"eom", "set_eom", "unset_eom", "get_stline"}) do
    methods[name] = host.method(name, host.bind("message." .. direction .. "_" .. name, true), 0)
  end
  local function bind(name, operation, least, most)
    methods[name] = host.method(name, host.bind("http." .. direction .. "_" .. operation, true), least, most)
  end
  bind("get_headers", "get_headers", 0)
  bind("add_header", "add_header", 2)
  bind("set_header", "set_header", 2)
  bind("del_header", "del_header", 1)
  bind("rep_header", "rep_header", 3)
  bind("rep_value", "rep_value", 3)
  if direction == "req" then
    for _, name in ipairs({"set_method", "set_path", "set_query", "set_uri"}) do bind(name, name, 1) end
  else
    bind("set_status", "set_status", 1, 2)
  end
  return methods
end

local request, response = class("req"), class("res")

-- What only messages of the other direction have is an error of its own.
for _, name in ipairs({"set_method", "set_path", "set_query", "set_uri"}) do
  response[name] = function() error("'" .. name .. "': the HTTP message must be a request", 2) end
end
request.set_status = function() error("'set_status': the HTTP message must be a response", 2) end

local request_class, response_class = host.class("HTTPMessage", request), host.class("HTTPMessage", response)

-- host.http_message(channel, is_response) -> the HTTPMessage that flows through a channel
function host.http_message(channel, is_response)
  return setmetatable({[0] = channel[0], channel = channel}, is_response and response_class or request_class)
end
