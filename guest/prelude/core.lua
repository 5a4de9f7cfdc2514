-- The class core, but for the functions that register others, which are in register.lua.
local host = ...
local select, type = select, type

core = {tcp = host.socket}

local levels = {emerg = 0, alert = 1, crit = 2, err = 3, warning = 4, notice = 5, info = 6, debug = 7}
for name, level in pairs(levels) do core[name] = level end

-- What an action may return.
act = {CONTINUE = 0, STOP = 1, YIELD = 2, ERROR = 3, DONE = 4, DENY = 5, ABORT = 6, INVALID = 7}

-- ---- the log ----

local log = host.bind("log")

function core.log(...)
  host.check_count("log", select("#", ...), 2)
  local level, text = ...
  host.check_type("log", 1, level, "number")
  host.check_type("log", 2, text, "string")
  if level < core.emerg or level > core.debug then error("bad argument #1 to 'log' (Invalid loglevel.)", 2) end
  log(level, text)
end

for name, level in pairs({Debug = levels.debug, Info = levels.info, Warning = levels.warning, Alert = levels.alert}) do
  core[name] = function(...)
    host.check_count(string.lower(name), select("#", ...), 1)
    local text = ...
    host.check_type(name, 1, text, "string")
    log(level, text)
  end
end

-- ---- time ----

local sleep, now = host.bind("sleep"), host.bind("now")

for name, unit in pairs({sleep = 1000, msleep = 1}) do
  core[name] = function(...)
    host.check_count(name, select("#", ...), 1)
    local duration = ...
    sleep(host.integer(name, 1, duration) * unit)
  end
end

core.yield = host.bind("yield")

function core.now()
  local seconds, microseconds = now()
  return {sec = seconds, usec = microseconds}
end

for _, name in ipairs({"http_date", "imf_date", "rfc850_date", "asctime_date"}) do
  core[name] = host.bind("core." .. name)
end

-- ---- control ----

core.done = host.bind("core.done")

-- core.thread differs from instance to instance, so that it cannot be a field: those are the same in all clones of an
-- image.
local thread = host.bind("core.thread")
local instance = host.bind("instance")
local section_tables = {proxies = true, frontends = true, backends = true}
setmetatable(core, {
  __index = function(core, key)
    if key == "thread" then return thread(instance()) end
    if section_tables[key] then
      host.sections()
      return rawget(core, key)
    end
  end,
})

core.get_info, core.secret = host.bind("core.get_info"), host.bind("core.secret")

local get_var = host.bind("core.get_var")
function core.get_var(...)
  host.count("get_var", select("#", ...), 1)
  return get_var(host.string("get_var", 1, (...)))
end

-- There is nothing to be nice to: executions take turns by the fuel that they use.
function core.set_nice(...)
  host.count("set_nice", select("#", ...), 1)
  host.integer("set_nice", 1, (...))
end

-- act.wake_time(milliseconds): how long an action waits that returns act.YIELD.
local wake_time = host.bind("act.wake_time")
function act.wake_time(...)
  host.count("wake_time", select("#", ...), 1)
  wake_time(host.integer("wake_time", 1, (...)))
end

-- ---- addresses ----

local parse_addr, match_addr = host.bind("core.parse_addr"), host.bind("core.match_addr")
local address_class = {}

function core.parse_addr(...)
  local network = parse_addr(host.string("parse_addr", 1, (...), select("#", ...)))
  return network and setmetatable({[0] = network}, address_class)
end

function core.match_addr(a, b)
  if getmetatable(a) ~= address_class or getmetatable(b) ~= address_class then return false end
  return match_addr(a[0], b[0])
end

-- ---- texts ----

local tokenize = host.bind("core.tokenize")
function core.tokenize(...)
  local text, separators, noblank = ...
  local given = select("#", ...)
  text, separators = host.string("tokenize", 1, text, given), host.string("tokenize", 2, separators, given)
  if given >= 3 and type(noblank) ~= "boolean" then host.bad_argument("tokenize", 3, "boolean expected") end
  return tokenize(text, separators, noblank and true or false)
end

local concat_methods = {}
local concat_class = {__index = concat_methods, __tostring = function() return "Concat object" end}
host.classes.Concat = concat_methods
function core.concat() return setmetatable({}, concat_class) end

function concat_methods.add(concat, ...)
  if getmetatable(concat) ~= concat_class then host.bad_argument("add", 1, "(null)") end
  concat[#concat + 1] = host.string("add", 1, (...), select("#", ...))
end

function concat_methods.dump(concat) return table.concat(concat) end
