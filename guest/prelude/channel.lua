-- The class Channel: one direction of an exchange. In actions there is one object for each, which works on whatever
-- exchange the execution is about; filters get objects of their own, which die with their exchange.
local host = ...
local setmetatable = setmetatable

-- host.bind_data(methods, names): the methods that Channel and HTTPMessage share, which work on data that has come in and
-- was not forwarded.
local counts = {
  append = {1}, prepend = {1}, insert = {1, 2}, remove = {0, 2}, set = {1, 3}, send = {1}, forward = {1},
  input = {0}, output = {0}, may_recv = {0}, is_full = {0}, is_resp = {0},
}

function host.bind_data(methods, direction)
  for name, count in pairs(counts) do
    methods[name] = host.method(name, host.bind("channel." .. direction .. "_" .. name, true), count[1], count[2])
  end
end

local function class(direction)
  local methods = {}
  host.bind_data(methods, direction)
  for name, most in pairs({data = 2, line = 2, dup = 0, get = 0, getline = 0}) do
    methods[name] = host.method(name, host.bind("channel." .. direction .. "_" .. name, true), 0, most)
  end
  methods.get_in_len, methods.get_out_len = methods.input, methods.output
  return methods
end

local request, response = class("req"), class("res")

host.request_channel = host.singleton("Channel", request)
host.response_channel = host.singleton("Channel", response)

local request_class, response_class = host.class("Channel", request), host.class("Channel", response)

-- host.channel(handle, is_response) -> the Channel of a filter
function host.channel(handle, is_response)
  return setmetatable({[0] = handle}, is_response and response_class or request_class)
end
