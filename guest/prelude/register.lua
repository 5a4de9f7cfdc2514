-- core.register_*: what makes functions of scripts known to the data plane. Each is registered behind an entry: a
-- function that makes the object for the script from its handle and brings the results into a form for the host.
local host = ...
local select, type, unpack = select, type, table.unpack or unpack
local PRIVATE, save_private = host.PRIVATE, host.save_private
local tcp_txn, http_txn = host.tcp_txn, host.http_txn

local register = host.bind("register")

-- Arguments after f are the embedder's options.
local function add(kind, name, entry, f, ...)
  local source, line = host.source(f)
  register(kind, name, host.ref(entry), source, line, ...)
end

-- The entry of a function that takes a TXN. The handle comes first; a nil before it says that the exchange is not one
-- of HTTP.
local function with_txn(f)
  return host.object_entry(f, http_txn, tcp_txn, PRIVATE, save_private)
end

-- ---- sample fetches and converters ----

function core.register_fetches(...)
  host.check_count("register_fetches", select("#", ...), 2)
  local name, f = ...
  host.check_type("register_fetches", 1, name, "string")
  host.check_type("register_fetches", 2, f, "function")
  add("fetch", name, with_txn(f), f)
end

function core.register_converters(...)
  host.check_count("register_converters", select("#", ...), 2)
  local name, f = ...
  host.check_type("register_converters", 1, name, "string")
  host.check_type("register_converters", 2, f, "function")
  add("converter", name, host.value_entry(f), f)
end

-- ---- actions ----

local environments = {["tcp-req"] = true, ["tcp-res"] = true, ["http-req"] = true, ["http-res"] = true}

local function check_environments(wanted)
  if type(wanted) ~= "table" then error("register_action: second argument must be a table of strings", 3) end
  for _, name in pairs(wanted) do
    if type(name) ~= "string" then error("register_action: second argument must be a table of strings", 3) end
    if not environments[name] then
      error("Lua action environment '" .. name .. "' is unknown. 'tcp-req', 'tcp-res', 'http-req' or 'http-res' are expected.", 3)
    end
  end
end

function core.register_action(...)
  host.check_count("register_action", select("#", ...), 3, 4)
  local name, wanted, f, count = ...
  host.check_type("register_action", 1, name, "string")
  check_environments(wanted)
  host.check_type("register_action", 3, f, "function")
  if count ~= nil then host.check_type("register_action", 4, count, "number") end
  add("action", name, with_txn(f), f, count or 0, wanted)
end

-- ---- services ----

local applets = {http = host.http_applet, tcp = host.tcp_applet}

local function with_applet(f, class) return host.object_entry(f, class, class, PRIVATE, save_private, true) end

function core.register_service(...)
  host.check_count("register_service", select("#", ...), 3)
  local name, mode, f = ...
  host.check_type("register_service", 1, name, "string")
  host.check_type("register_service", 2, mode, "string")
  local class = applets[mode]
  if not class then
    error("Lua service environment '" .. mode .. "' is unknown. 'tcp' or 'http' are expected.", 2)
  end
  host.check_type("register_service", 3, f, "function")
  add("service", name, with_applet(f, class), f, mode)
end

-- ---- tasks and init functions ----

-- core.register_task(f [, argument...] [, {restart = true}])
function core.register_task(...)
  local given = select("#", ...)
  if given < 1 then host.fail("'register_task' needs 1 arguments") end
  local f = ...
  host.check_type("register_task", 1, f, "function")
  local arguments, options = {select(2, ...)}, select(given, ...)
  local restarts = given > 1 and type(options) == "table" and options.restart == true
  local count = given - (restarts and 2 or 1)
  local number
  number = host.ref(function()
    if not restarts then host.unref(number) end -- it is started once: a script may register one for each request
    f(unpack(arguments, 1, count))
  end)
  -- Last: a task that is registered at run time may start before this function goes on.
  local source, line = host.source(f)
  register("task", "", number, source, line, restarts)
end

-- ---- commands of the runtime API ----

local function check_words(words)
  if type(words) ~= "table" then host.bad_argument("register_cli", 1, "1st argument must be a table") end
  for _, word in ipairs(words) do
    if type(word) ~= "string" then host.bad_argument("register_cli", 1, "1st argument must be a table filled with strings") end
  end
end

function core.register_cli(...)
  host.count("register_cli", select("#", ...), 3)
  local words, usage, f = ...
  check_words(words)
  usage = host.string("register_cli", 2, usage)
  host.check_type("register_cli", 3, f, "function")
  add("cli", table.concat(words, " "), with_applet(f, host.tcp_applet), f, usage)
end

function core.register_init(...)
  host.check_count("register_init", select("#", ...), 1)
  local f = ...
  host.check_type("register_init", 1, f, "function")
  add("init", "", function() f() end, f)
end
