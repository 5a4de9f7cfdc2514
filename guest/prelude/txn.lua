-- The class TXN: the exchange that a sample fetch or an action works on.
local host = ...
local select, type = select, type
local PRIVATE = host.PRIVATE

local methods = {}
host.add_variables(methods)

local log, deflog = host.bind("txn.log", true), host.bind("txn.deflog", true)

methods.log = host.method("log", function(txn, level, text)
  host.check_type("log", 1, level, "number")
  host.check_type("log", 2, text, "string")
  if level < core.emerg or level > core.debug then host.fail("calling 'log' on bad self (Invalid loglevel.)") end
  log(txn, level, text)
end, 2)

methods.deflog = host.method("deflog", deflog, 1)

for name, level in pairs({Debug = core.debug, Info = core.info, Warning = core.warning, Alert = core.alert}) do
  methods[name] = host.method(name, function(txn, text)
    host.check_type(name, 1, text, "string")
    log(txn, level, text)
  end, 1)
end

-- ---- what rules can set, too ----

local set_loglevel = host.bind("txn.set_loglevel", true)
function methods.set_loglevel(...)
  host.count("set_loglevel", select("#", ...), 2)
  local txn, level = ...
  level = host.integer("set_loglevel", 1, level)
  if level < core.emerg or level > core.debug then
    host.bad_argument("set_loglevel", 1, "Bad log level. It must be between 0 and 7")
  end
  set_loglevel(txn, level)
end

local function setter(name, operation)
  local set = host.bind("txn." .. operation, true)
  methods[name] = function(...)
    host.count(name, select("#", ...), 2)
    local txn, number = ...
    set(txn, host.integer(name, 2, number))
  end
end

for _, name in ipairs({"set_tos", "set_mark", "set_priority_class", "set_priority_offset"}) do setter(name, name) end
setter("set_fc_tos", "set_tos")
setter("set_fc_mark", "set_mark")

-- ---- the end ----

function methods.reply(_, fields) return host.reply(fields) end

local done = host.bind("txn.done", true)

function methods.done(txn, reply)
  if txn[PRIVATE] then host.save_private(txn) end
  if type(reply) ~= "table" then done(txn) end
  done(txn, reply.status, reply.reason, reply.headers, reply.body)
end

-- ---- members ----

methods.f, methods.sf = host.fetches, host.string_fetches
methods.c, methods.sc = host.converters, host.string_converters
methods.req, methods.res = host.request_channel, host.response_channel

-- The class of an exchange in TCP, which has no messages, and of one in HTTP.
host.tcp_txn = host.class("TXN", methods)

local http_methods = {http = host.http}
for name, method in pairs(methods) do http_methods[name] = method end
host.http_txn = host.class("TXN", http_methods)
