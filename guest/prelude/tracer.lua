-- The classes Tracer and Span: core.tracer, spans of the script's own below that of its execution. Where nobody traces, or
-- the trace is not sampled, a span has no handle, and its methods do nothing.
local host = ...
local error, setmetatable, tostring, traceback, type = error, setmetatable, tostring, debug.traceback, type

local start, traceparent = host.bind("tracer.start"), host.bind("tracer.traceparent")
local set_attribute, add_event = host.bind("span.set_attribute"), host.bind("span.add_event")
local record_error, set_status, finish = host.bind("span.record_error"), host.bind("span.set_status"), host.bind("span.finish")

local methods = {}
local class = host.class("Span", methods)

local function open(name, attributes, parent)
  host.check_type("start", 1, name, "string")
  if attributes ~= nil then host.check_type("start", 2, attributes, "table") end
  return setmetatable({[0] = start(name, attributes, parent)}, class)
end

function methods.start(span, name, attributes) return open(name, attributes, span[0]) end
function methods.traceparent(span) return traceparent(span[0]) end

function methods.set_attribute(span, key, value)
  host.check_type("set_attribute", 1, key, "string")
  if span[0] then set_attribute(span[0], key, value) end
end

function methods.add_event(span, name, attributes)
  host.check_type("add_event", 1, name, "string")
  if span[0] then add_event(span[0], name, attributes) end
end

function methods.record_error(span, problem)
  if span[0] then record_error(span[0], tostring(problem), traceback("", 2)) end
end

local statuses = {ok = true, error = true}
function methods.set_status(span, status, description)
  if not statuses[status] then host.bad_argument("set_status", 1, "'ok' or 'error' expected") end
  if span[0] then set_status(span[0], status, description) end
end

function methods.finish(span)
  if span[0] then
    finish(span[0])
    span[0] = nil
  end
end

class.__close = methods.finish -- local span <close> = ..., in Lua 5.4

local Tracer = {}
host.classes.Tracer = Tracer
core.tracer = Tracer

function Tracer.start(name, attributes) return open(name, attributes) end
function Tracer.traceparent() return traceparent() end
