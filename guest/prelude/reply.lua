-- The class Reply: an answer that an action prepares for txn:done. Its fields are for scripts to read and write.
local host = ...
local reason_of = host.bind("reply.reason")

local methods = {}
local class = {__index = methods}
host.classes.Reply = methods

-- host.reply([fields]) -> Reply
function host.reply(fields)
  fields = fields or {}
  local status = fields.status or 200
  return setmetatable({
    status = status, reason = fields.reason or reason_of(status), headers = fields.headers or {}, body = fields.body,
  }, class)
end

function methods.set_status(reply, status, reason)
  host.check_type("set_status", 1, status, "number")
  reply.status, reply.reason = status, reason or reason_of(status)
end

function methods.add_header(reply, name, value)
  host.check_type("add_header", 1, name, "string")
  host.check_type("add_header", 2, value, "string")
  local values = reply.headers[name]
  if not values then
    values = {}
    reply.headers[name] = values
  end
  values[#values + 1] = value
end

function methods.del_header(reply, name)
  host.check_type("del_header", 1, name, "string")
  reply.headers[name] = nil
end

function methods.set_body(reply, body)
  host.check_type("set_body", 1, body, "string")
  reply.body = body
end
