-- The class filter, and core.register_filter. A filter of an exchange is one execution from its first callback to the end
-- of the exchange: a loop that asks the host which callback is next. Its object and all that it holds lie on the
-- coroutine's stack and are gone with it.
local host = ...
local select, setmetatable, tostring, type, xpcall = select, setmetatable, tostring, type, xpcall
local find, sub = string.find, string.sub
local traceback = debug and debug.traceback or function() return "" end
local PRIVATE, save_private = host.PRIVATE, host.save_private

filter = {WAIT = 0, CONTINUE = 1, ERROR = -1, FLT_CFG_FL_HTX = 1}

local follow, wake = host.bind("filter.follow"), host.bind("filter.wake_time")

local function data_filter(name, on)
  return function(...)
    host.check_count(name, select("#", ...), 2)
    local object, channel = ...
    host.check_type(name, 1, object, "table")
    host.check_type(name, 2, channel, "table")
    follow(channel:is_resp(), on)
  end
end

filter.register_data_filter = data_filter("register_data_filter", true)
filter.unregister_data_filter = data_filter("unregister_data_filter", false)

function filter.wake_time(...)
  host.check_count("wake_time", select("#", ...), 1)
  local milliseconds = ...
  host.check_type("wake_time", 1, milliseconds, "number")
  wake(milliseconds)
end

-- ---- the loop ----

local next_callback = host.bind("filter.next")
local callbacks = {"start_analyze", "end_analyze", "http_headers", "http_payload", "http_end", "tcp_payload"}

-- What a callback raised, with where it did so: all below the call that catches it is the prelude's.
local function failure(message)
  local trace = traceback("", 2)
  local cut = find(trace, "\n\t[C]: in function 'xpcall'", 1, true)
  return {tostring(message), cut and sub(trace, 1, cut) or trace}
end

-- xpcall with arguments, which Lua 5.1 does not pass on.
local protected = xpcall
if not select(2, xpcall(function(passed) return passed end, failure, true)) then
  protected = function(f, handler, a, b, c) return xpcall(function() return f(a, b, c) end, handler) end
end

-- What failure has caught. Where there was no memory to call it, what xpcall returns is a message alone.
local function caught(result)
  if type(result) == "table" then return result[1], result[2] end
  return tostring(result), ""
end

-- The filters of the configuration: what the function of core.register_filter returned for each filter line.
local lines = {}

local function serve(number, http, txn_handle, request_handle, response_handle)
  local class = lines[number]
  local txn = setmetatable({[0] = txn_handle}, http and host.http_txn or host.tcp_txn)
  local request, response = host.channel(request_handle, false), host.channel(response_handle, true)
  local request_message, response_message
  if http then
    request_message, response_message = host.http_message(request, false), host.http_message(response, true)
    txn.http_req, txn.http_res = request_message, response_message
  end
  local done, object = protected(class.new, failure, class)
  if not done then return next_callback(0, false, caught(object)) end
  local defined = 0
  if type(object) == "table" then
    for i, name in ipairs(callbacks) do
      if type(object[name]) == "function" then defined = defined + 2 ^ i end
    end
  end
  local name, is_response, result = next_callback(defined, true)
  while name do
    local target
    if sub(name, 1, 5) == "http_" then
      target = is_response and response_message or request_message
    else
      target = is_response and response or request
    end
    done, result = protected(object[name], failure, object, txn, target)
    if txn[PRIVATE] then save_private(txn) end
    if not done then
      name, is_response = next_callback(defined, false, caught(result))
    else
      if result ~= nil and type(result) ~= "number" then result = 0 end
      name, is_response = next_callback(defined, true, result)
    end
  end
end

-- ---- registration ----

local register = host.bind("register")

-- A filter line of the configuration: the number under which its class is kept, 0 when it is to be ignored, and its flags.
local function parse(class, f, ...)
  local words = {...}
  local object = setmetatable({}, {__index = class})
  local result = f(object, words)
  if type(result) ~= "table" then result = object end
  if type(result.new) ~= "function" then return 0, 0 end
  lines[#lines + 1] = result
  return #lines, type(result.flags) == "number" and result.flags or 0
end

function core.register_filter(...)
  host.check_count("register_filter", select("#", ...), 3)
  local name, class, f = ...
  host.check_type("register_filter", 1, name, "string")
  host.check_type("register_filter", 2, class, "table")
  host.check_type("register_filter", 3, f, "function")
  local source, line = host.source(f)
  register("filter", name, host.ref(function(number, ...)
    if number == 0 then return parse(class, f, ...) end
    return serve(number, ...)
  end), source, line)
end
