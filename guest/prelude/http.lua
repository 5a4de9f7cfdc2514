-- The class HTTP: the messages of an exchange.
local host = ...

local methods = {}
for _, direction in ipairs({"req", "res"}) do
  local function bind(name, count)
    local f = host.bind("http." .. direction .. "_" .. name, true)
    -- HAProxy's messages shorten the names.
    methods[direction .. "_" .. name] = host.method(direction .. "_" .. name:gsub("header$", "hdr"):gsub("value$", "val"), f, count)
  end
  bind("get_headers", 0)
  bind("add_header", 2)
  bind("set_header", 2)
  bind("del_header", 1)
  bind("rep_header", 3)
  bind("rep_value", 3)
end
for _, name in ipairs({"req_set_method", "req_set_path", "req_set_query", "req_set_uri"}) do
  methods[name] = host.method(name, host.bind("http." .. name, true), 1)
end
methods.res_set_status = host.method("res_set_status", host.bind("http.res_set_status", true), 1, 2)

host.http = host.singleton("HTTP", methods)
