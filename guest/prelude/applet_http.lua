-- The class AppletHTTP: the client's side of a service of mode "http".
local host = ...

local methods = {}
host.add_variables(methods)
for _, name in ipairs({"getline", "receive", "send"}) do methods[name] = host.bind("applet." .. name, true) end
for _, name in ipairs({"add_header", "set_status", "start_response"}) do
  methods[name] = host.bind("applet_http." .. name, true)
end

methods.f, methods.sf = host.fetches, host.string_fetches
methods.c, methods.sc = host.converters, host.string_converters

-- Members that describe the request: made when they are first asked for, and then kept in the object.
local members = {}
for _, name in ipairs({"method", "version", "path", "qs", "length", "headers"}) do
  members[name] = host.bind("applet_http." .. name, true)
end

local class = host.class("AppletHTTP", methods)
class.__index = host.index(methods, members)
host.http_applet = class
