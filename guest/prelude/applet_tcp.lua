-- The class AppletTCP: the client's side of a service of mode "tcp".
local host = ...

local methods = {}
host.add_variables(methods)
for _, name in ipairs({"getline", "receive", "send"}) do methods[name] = host.bind("applet." .. name, true) end

methods.f, methods.sf = host.fetches, host.string_fetches
methods.c, methods.sc = host.converters, host.string_converters

host.tcp_applet = host.class("AppletTCP", methods)
