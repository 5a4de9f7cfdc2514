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
    host.check_type(name, 1, duration, "number")
    if duration ~= math.floor(duration) then
      error("bad argument #1 to '" .. name .. "' (number has no integer representation)", 2)
    end
    sleep(duration * unit)
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
setmetatable(core, {
  __index = function(_, key)
    if key == "thread" then return thread(instance()) end
  end,
})

-- ---- texts ----

local tokenize = host.bind("core.tokenize")

function core.tokenize(text, separators, noblank)
  host.check_type("tokenize", 1, text, "string")
  host.check_type("tokenize", 2, separators, "string")
  return tokenize(text, separators, noblank and true or false)
end

local concat_methods = {}
local concat_class = {__index = concat_methods, __tostring = function() return "Concat object" end}
host.classes.Concat = concat_methods

function core.concat() return setmetatable({}, concat_class) end

function concat_methods.add(concat, text)
  host.check_type("add", 1, text, "string")
  concat[#concat + 1] = text
end

function concat_methods.dump(concat) return table.concat(concat) end
