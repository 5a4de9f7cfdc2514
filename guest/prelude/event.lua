-- Events of servers and patterns: core.event_sub, Server:event_sub, and the class EventSub.
local host = ...
local ipairs, pairs, select, type = ipairs, pairs, select, type
local new, unsubscribe, register = host.bind("event.new"), host.bind("event.unsub"), host.bind("register")
local instance = host.bind("instance")

local families = {
  SERVER = {"SERVER_ADD", "SERVER_DEL", "SERVER_UP", "SERVER_DOWN", "SERVER_STATE", "SERVER_ADMIN", "SERVER_CHECK"},
  PAT_REF = {"PAT_REF_ADD", "PAT_REF_DEL", "PAT_REF_SET", "PAT_REF_COMMIT", "PAT_REF_CLEAR"},
}

-- expand(family, types) -> the types, each of the family, with all of them for the family's name
local function expand(family, types)
  if type(types) ~= "table" then host.bad_argument("event_sub", 1, "table expected, got " .. type(types)) end
  local known, wanted = {}, {}
  for _, name in ipairs(families[family]) do known[name] = true end
  for _, name in pairs(types) do
    if name == family then
      for _, each in ipairs(families[family]) do wanted[#wanted + 1] = each end
    elseif known[name] then
      wanted[#wanted + 1] = name
    else
      host.bad_argument("event_sub", 1, "unknown event type '" .. tostring(name) .. "'")
    end
  end
  if #wanted == 0 then host.bad_argument("event_sub", 1, "an event type is expected") end
  return wanted
end

local EventSub = host.class("EventSub", {})

function EventSub.__index.unsub(sub) unsubscribe(sub[0], instance()) end

-- host.subscribe(family, source, types, f) -> EventSub. The source is the number of a server or the name of a set of
-- patterns, false for all servers.
function host.subscribe(family, source, types, f)
  types = expand(family, types)
  if type(f) ~= "function" then host.bad_argument("event_sub", 2, "function expected, got " .. type(f)) end
  local sub = setmetatable({[0] = new()}, EventSub)
  local entry = host.ref(function(event, data, when)
    if data then
      data.reference = host.server(data.number)
      data.number = nil
    end
    f(event, data, sub, when)
  end)
  local file, line = host.source(f)
  register("event", "", entry, file, line, sub[0], source, types)
  return sub
end

function core.event_sub(types, f) return host.subscribe("SERVER", false, types, f) end

function host.classes.Server.event_sub(server, types, f) return host.subscribe("SERVER", server[0], types, f) end
