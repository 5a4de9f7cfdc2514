-- What script tests find: describe, it, expect, and the exchanges, upstreams and clock that they work with.
local host = ...
local concat, error, ipairs, pairs, pcall, tostring, type = table.concat, error, ipairs, pairs, pcall, tostring, type

local register = host.bind("register")

-- ---- describe and it ----

local suites = {} -- the enclosing ones, outermost first: {name, before, after}

local function title(name)
  local names = {}
  for i, suite in ipairs(suites) do names[i] = suite.name end
  names[#names + 1] = name
  return concat(names, " > ")
end

function describe(name, body)
  suites[#suites + 1] = {name = name, before = {}, after = {}}
  body()
  suites[#suites] = nil
end

local function hook(kind)
  return function(f)
    local suite = suites[#suites]
    if not suite then error(kind .. "_each stands inside of describe", 2) end
    suite[kind][#suite[kind] + 1] = f
  end
end
before_each, after_each = hook("before"), hook("after")

function it(name, body)
  local enclosing, clears = {}, false
  for i, suite in ipairs(suites) do
    enclosing[i] = suite
    clears = clears or #suite.after > 0
  end
  local function run()
    for _, suite in ipairs(enclosing) do
      for _, f in ipairs(suite.before) do f() end
    end
    if not clears then return body() end -- so that an error keeps its traceback
    local results = {pcall(body)}
    for i = #enclosing, 1, -1 do
      for _, f in ipairs(enclosing[i].after) do f() end
    end
    if not results[1] then error(results[2], 0) end
  end
  register("test", title(name), host.ref(run), host.source(body))
end

-- script(file, ...): the script that is tested, with the arguments that lua-load would give it.
script = host.bind("test.script")

-- ---- expect ----

local function show(value, depth)
  if type(value) == "string" then return ("%q"):format(value) end
  if type(value) ~= "table" or depth == 0 then return tostring(value) end
  local keys, parts = {}, {}
  for key in pairs(value) do keys[#keys + 1] = key end
  table.sort(keys, function(a, b) return tostring(a) < tostring(b) end)
  for i, key in ipairs(keys) do parts[i] = "[" .. show(key, 0) .. "] = " .. show(value[key], depth - 1) end
  return "{" .. concat(parts, ", ") .. "}"
end

local function same(a, b)
  if type(a) ~= "table" or type(b) ~= "table" then return a == b end
  for key, value in pairs(a) do
    if not same(value, b[key]) then return false end
  end
  for key in pairs(b) do
    if a[key] == nil then return false end
  end
  return true
end

local function contains(value, part)
  if type(value) == "string" then return value:find(part, 1, true) ~= nil end
  for _, element in pairs(value) do
    if same(element, part) then return true end
  end
  return false
end

-- Each matcher: whether the value is as expected, and how to say that it should be.
local matchers = {
  to_be = {function(value, other) return value == other end, "to be"},
  to_equal = {same, "to equal"},
  to_contain = {contains, "to contain"},
  to_match = {function(value, pattern) return type(value) == "string" and value:find(pattern) ~= nil end, "to match"},
  to_be_nil = {function(value) return value == nil end, "to be nil"},
  to_be_true = {function(value) return value == true end, "to be true"},
  to_be_false = {function(value) return value == false end, "to be false"},
  to_fail = {function(f, text)
    local ok, message = pcall(f)
    return not ok and (text == nil or tostring(message):find(text, 1, true) ~= nil), message
  end, "to fail with"},
}

-- expect(value):to_equal(other), and with never before the matcher for the opposite.
local function expectation(value, negated)
  return setmetatable({}, {__index = function(_, name)
    if name == "never" then return expectation(value, not negated) end
    local matcher = matchers[name]
    if not matcher then error("expect has no matcher '" .. tostring(name) .. "'", 2) end
    return function(_, ...)
      local ok, detail = matcher[1](value, ...)
      if ok ~= negated then return end
      local text = "expected " .. show(value, 3) .. (negated and " not " or " ") .. matcher[2]
      if select("#", ...) > 0 then text = text .. " " .. show((...), 3) end
      if detail ~= nil then text = text .. ", got " .. show(detail, 3) end
      error(text, 2)
    end
  end})
end

function expect(value) return expectation(value, false) end

-- ---- exchanges ----

local exchange_methods = {}
for _, name in ipairs({"action", "fetch", "converter", "service", "request", "response", "set_response", "get_var", "set_var"}) do
  exchange_methods[name] = host.bind("test." .. name, true)
end
local exchange_class = host.class("Exchange", exchange_methods)
local new_exchange = host.bind("test.exchange")

-- exchange{method =, path =, headers = {name = value or {values}}, body =, src =, dst =, mode =} -> an exchange
function exchange(request) return setmetatable({[0] = new_exchange(request or {})}, exchange_class) end

-- logs() -> what the script has logged since the last call, a list of lines
logs = host.bind("test.logs")

-- ---- upstreams and the clock ----

local upstream_class = host.class("Upstream", {requests = host.bind("test.requests", true), close = host.bind("test.close", true)})
local new_upstream = host.bind("test.upstream")

-- upstream{status =, headers =, body =, delay = milliseconds} answers every request so; its field address is where it listens
function upstream(answer)
  local handle, address = new_upstream(answer or {})
  return setmetatable({[0] = handle, address = address, url = "http://" .. address}, upstream_class)
end

clock = {
  -- clock.advance(seconds): sleeps that end meanwhile end at once
  advance = host.bind("test.advance"),
  -- clock.freeze(): from now on time passes by clock.advance only
  freeze = host.bind("test.freeze"),
}

-- eventually(f [, seconds]): tries again until f raises no error, for what tasks do by themselves
local real_sleep, real_now = host.bind("test.sleep"), host.bind("test.now")
function eventually(f, seconds)
  local deadline = real_now() + (seconds or 5)
  while true do
    local ok, message = pcall(f)
    if ok then return end
    if real_now() > deadline then error(message, 0) end
    real_sleep(10)
  end
end
