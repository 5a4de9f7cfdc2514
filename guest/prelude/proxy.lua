-- The classes Proxy, Server, Listener and StickTable: what the configuration has. An object holds its number in [0]; the
-- tables of objects are made when they are first asked for, after the configuration was read.
local host = ...
local getmetatable, select, setmetatable = getmetatable, select, setmetatable

-- define(class, prefix, names) gives a class methods that the host has under prefix.NAME and that take nothing but their
-- object.
local function define(class, prefix, names)
  for _, name in ipairs(names) do
    local operation = host.bind(prefix .. "." .. name)
    class.__index[name] = function(object)
      if getmetatable(object) ~= class then host.bad_argument(name, 1, "(null)") end
      return operation(object[0])
    end
  end
end

local Proxy, Server = host.class("Proxy", {}), host.class("Server", {})
local Listener, StickTable = host.class("Listener", {}), host.class("StickTable", {})

define(Proxy, "proxy", {
  "pause", "resume", "stop", "shut_bcksess", "get_cap", "get_mode", "get_stats", "get_srv_act", "get_srv_bck",
})
define(Server, "server", {
  "is_draining", "is_backup", "is_dynamic", "get_maxconn", "get_weight", "get_addr", "get_stats", "get_cur_sess",
  "get_pend_conn", "shut_sess", "set_drain", "set_maint", "set_ready", "check_enable", "check_disable", "check_force_up",
  "check_force_nolb", "check_force_down", "agent_enable", "agent_disable", "agent_force_up", "agent_force_down",
})
define(Listener, "listener", {"get_stats"})
define(StickTable, "stktable", {"info"})

-- ---- methods with arguments ----

for _, name in ipairs({"set_maxconn", "set_weight"}) do
  local set = host.bind("server." .. name)
  Server.__index[name] = function(server, ...)
    if getmetatable(server) ~= Server then host.bad_argument(name, 1, "(null)") end
    return set(server[0], host.string(name, 1, (...), select("#", ...)))
  end
end

local set_addr = host.bind("server.set_addr")
function Server.__index.set_addr(server, ...)
  local address, port = ...
  address = host.string("set_addr", 1, address, select("#", ...))
  if port == nil then return set_addr(server[0], address) end
  return set_addr(server[0], address, host.string("set_addr", 2, port))
end

local lookup, dump = host.bind("stktable.lookup"), host.bind("stktable.dump")
function StickTable.__index.lookup(t, key)
  if key == nil then return nil end
  return lookup(t[0], host.string("lookup", 1, key))
end
function StickTable.__index.dump(t, filter)
  if filter == nil then return dump(t[0]) end
  return dump(t[0], filter)
end

-- ---- the objects ----

local sections = host.bind("core.sections")
local proxies, servers

local function list(class, rows)
  local objects = {}
  for number, row in pairs(rows) do
    local object = setmetatable({[0] = number, name = row[1], puid = row[2]}, class)
    objects[row[1]] = object
    if class == Server then servers[number] = object end
  end
  return objects
end

local function new_proxy(number, row)
  local listeners = list(Listener, row.listeners)
  for _, listener in pairs(listeners) do listener.name, listener.puid = nil, nil end
  return setmetatable({
    [0] = number, name = row.name, uuid = row.uuid, servers = list(Server, row.servers), listeners = listeners,
    stktable = row.table and setmetatable({[0] = number}, StickTable) or nil,
  }, Proxy)
end

-- host.sections() makes core.proxies, core.frontends and core.backends, once there are any.
function host.sections()
  local rows = sections()
  if not rows then return end
  local all, frontends, backends = {}, {}, {}
  proxies, servers = {}, {}
  for number, row in ipairs(rows) do
    local proxy = new_proxy(number, row)
    proxies[number] = proxy
    all[row.name] = proxy
    if row.frontend then frontends[row.name] = proxy end
    if row.backend then backends[row.name] = proxy end
  end
  core.proxies, core.frontends, core.backends = all, frontends, backends
  host.sections = function() end
end

-- In the snapshot they are there: an instance that made them while serving would look as if it changed variables.
function host.settle() host.sections() end

-- host.server(number) -> Server
function host.server(number)
  if not servers then host.sections() end
  return servers[number]
end

local get_proxy, tracking, get_trackers =
  host.bind("server.get_proxy"), host.bind("server.tracking"), host.bind("server.get_trackers")

function Server.__index.get_proxy(server) return proxies[get_proxy(server[0])] end

function Server.__index.tracking(server)
  local number = tracking(server[0])
  return number and servers[number]
end

function Server.__index.get_trackers(server)
  local trackers = get_trackers(server[0])
  for i, number in ipairs(trackers) do trackers[i] = servers[number] end
  return trackers
end
