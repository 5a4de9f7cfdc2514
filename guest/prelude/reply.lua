-- The class Reply: an answer that an action prepares for txn:done. Its fields are for scripts to read and write.
local host = ...
local select, tonumber, type = select, tonumber, type
local reason_of = host.bind("reply.reason")

local methods = {}
local class = {__index = methods}
host.classes.Reply = methods

local function is_status(status) return status >= 100 and status <= 999 end

-- host.reply([fields]) -> Reply. Fields of other types than theirs are passed over, as in HAProxy.
function host.reply(fields)
  if type(fields) ~= "table" then fields = {} end
  local status = tonumber(fields.status) or 200
  local reason, body = fields.reason, fields.body
  if type(reason) ~= "string" then reason = reason_of(status) end
  if type(body) ~= "string" then body = nil end
  local headers = type(fields.headers) == "table" and fields.headers or {}
  return setmetatable({status = status, reason = reason, headers = headers, body = body}, class)
end

-- Results are whether it was done.
function methods.set_status(reply, ...)
  local status, reason = ...
  status = host.integer("set_status", 1, status, select("#", ...))
  if not is_status(status) then return false end
  reply.status, reply.reason = status, reason and host.string("set_status", 2, reason) or reason_of(status)
  return true
end

function methods.add_header(reply, ...)
  local name, value = ...
  local given = select("#", ...)
  name, value = host.string("add_header", 1, name, given), host.string("add_header", 2, value, given)
  local values = reply.headers[name]
  if not values then
    values = {}
    reply.headers[name] = values
  end
  values[#values + 1] = value
  return true
end

function methods.del_header(reply, ...)
  reply.headers[host.string("del_header", 1, (...), select("#", ...))] = nil
  return true
end

function methods.set_body(reply, ...)
  reply.body = host.string("set_body", 1, (...), select("#", ...))
  return true
end
