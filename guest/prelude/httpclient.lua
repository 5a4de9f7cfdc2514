-- The class HTTPClient: requests of the script's own.
local host = ...
local error, pairs, tostring, type, upper = error, pairs, tostring, type, string.upper

local send = host.bind("httpclient.send")

-- What a request may consist of.
local parameters = {url = "string", body = "string", dst = "string", headers = "table", timeout = "number"}

-- One list of names and values, which a call can take as it is.
local function flatten(headers)
  local list = {}
  for name, values in pairs(headers) do
    if type(values) == "table" then
      for _, value in pairs(values) do
        list[#list + 1] = tostring(name)
        list[#list + 1] = tostring(value)
      end
    end
  end
  return list
end

local methods = {}
for _, name in ipairs({"get", "head", "put", "post", "delete"}) do
  local method = upper(name)
  methods[name] = function(_, request)
    if type(request) ~= "table" then error("'get' needs a table as argument", 2) end -- whatever the method, as in HAProxy
    for key, value in pairs(request) do
      local expected = parameters[key]
      if not expected then error("'" .. tostring(key) .. "' invalid parameter name", 2) end
      if type(value) ~= expected then
        error("invalid parameter in '" .. key .. "', must be a " .. expected, 2)
      end
    end
    if not request.url then error("'get' need a 'url' argument", 2) end
    local status, reason, headers, body =
      send(method, request.url, flatten(request.headers or {}), request.body, request.dst, request.timeout)
    return {status = status, reason = reason, headers = headers, body = body}
  end
end

local class = host.class("HTTPClient", methods)

function core.httpclient() return setmetatable({}, class) end
