package luabridge

import (
	"strings"
	"testing"

	"tidelock/proxy/config"
)

// TestRegistrations_groups has scripts of the kinds that people publish, and what shares memory in each under the default
// isolation: groups, and a star behind what runs on all processors.
func TestRegistrations_groups(t *testing.T) {
	for _, tt := range []struct{ name, script, want string }{
		{"authentication by another service", `
local config = {address = "127.0.0.1", port = 9000, timeout = 2}
local function ask(path, headers)
  local s = core.tcp()
  s:settimeout(config.timeout)
  if not s:connect(config.address, config.port) then return nil end
  local lines = {"GET " .. path .. " HTTP/1.0"}
  for name, values in pairs(headers) do
    for _, value in pairs(values) do lines[#lines + 1] = name .. ": " .. value end
  end
  s:send(table.concat(lines, "\r\n") .. "\r\n\r\n")
  local status = s:receive("*l")
  s:close()
  return status and tonumber(status:match(" (%d%d%d) "))
end
core.register_action("auth-request", {"http-req"}, function(txn, path)
  local status = ask(path, txn.http:req_get_headers())
  txn:set_var("txn.auth", status == 200)
end, 1)
core.register_fetches("auth_status", function(txn) return ask("/status", {}) or 0 end)`,
			"auth-request* | auth_status*"},
		{"CORS", `
local allowed = {["https://one.example"] = true, ["https://two.example"] = true}
core.register_action("cors-request", {"http-req"}, function(txn)
  local origin = txn.sf:req_hdr("origin")
  if allowed[origin] then txn:set_priv({origin = origin}) end
end)
core.register_action("cors-response", {"http-res"}, function(txn)
  local kept = txn:get_priv()
  if kept then txn.http:res_set_header("access-control-allow-origin", kept.origin) end
end)`, "cors-request* | cors-response*"},
		{"rate limiting in a table", `
local counters, limit = {}, 100
core.register_action("limit", {"http-req"}, function(txn)
  local source = txn.sf:src()
  counters[source] = (counters[source] or 0) + 1
  txn:set_var("txn.limited", counters[source] > limit)
end)
core.register_task(function()
  while true do
    core.sleep(10)
    for source in pairs(counters) do counters[source] = nil end
  end
end)
core.register_fetches("limit", function() return limit end)`, "limit task | limit*"},
		{"JWT", `
local keys = {one = "secret"}
local function decode(text) return (text:gsub("-", "+"):gsub("_", "/")) end
local function split(token)
  local parts = {}
  for part in token:gmatch("[^.]+") do table.insert(parts, part) end
  return parts
end
local function claims(token)
  local parts = split(token)
  if #parts ~= 3 then return nil, "malformed" end
  return {header = decode(parts[1]), payload = decode(parts[2]), signature = parts[3]}
end
core.register_converters("jwt_payload", function(token)
  local c = claims(token)
  return c and c.payload or ""
end)
core.register_action("jwt-check", {"http-req"}, function(txn)
  local c, problem = claims(txn.sf:req_hdr("authorization"))
  txn:set_var("txn.jwt", c ~= nil and keys[c.header] ~= nil)
  if not c then txn:Warning(problem) end
end)`, "jwt_payload* | jwt-check*"},
		{"a maintenance page", `
local page = [[<h1>Back soon</h1>]]
core.register_service("maintenance", "http", function(applet)
  applet:set_status(503)
  applet:add_header("content-type", "text/html")
  applet:start_response()
  applet:send(page)
end)`, "maintenance*"},
		{"canary by cookie", `
local share = 10
core.register_action("canary", {"http-req"}, function(txn)
  local group = txn.sf:req_cook("canary")
  if group == "" then group = math.random(100) <= share and "new" or "old" end
  txn:set_var("txn.group", group)
end)`, "canary*"},
		{"a blocklist that a task fetches", `
local blocked = {}
local function refresh()
  local fresh = {}
  local s = core.tcp()
  if s:connect("127.0.0.1", 9000) then
    local line = s:receive("*l")
    while line do fresh[line] = true line = s:receive("*l") end
    s:close()
  end
  blocked = fresh
end
core.register_task(function() while true do refresh() core.sleep(60) end end)
core.register_fetches("blocked", function(txn) return blocked[txn.sf:src()] and 1 or 0 end)
core.register_converters("is_blocked", function(address) return blocked[address] and "yes" or "no" end)
core.register_converters("reverse", function(text) return text:reverse() end)`, "task blocked is_blocked | reverse*"},
		{"a metrics exporter", `
local Metric = {}
Metric.__index = Metric
function Metric.new(name) return setmetatable({name = name, values = {}}, Metric) end
function Metric:add(label) self.values[label] = (self.values[label] or 0) + 1 end
function Metric:text()
  local lines = {}
  for label, n in pairs(self.values) do lines[#lines + 1] = ("%s{%s} %d"):format(self.name, label, n) end
  return table.concat(lines, "\n")
end
local requests, errors = Metric.new("requests"), Metric.new("errors")
core.register_action("count", {"http-req"}, function(txn) requests:add(txn.sf:path()) end)
core.register_action("count-error", {"http-res"}, function(txn) errors:add(txn.sf:status()) end)
core.register_service("metrics", "http", function(applet)
  local body = requests:text()
  applet:set_status(200)
  applet:start_response()
  applet:send(body)
end)`, "count metrics | count-error"},
		{"a Redis client", `
local Redis = {}
Redis.__index = Redis
function Redis.connect(address, port)
  local self = setmetatable({socket = core.tcp()}, Redis)
  if not self.socket:connect(address, port) then return nil end
  return self
end
function Redis:command(...)
  local words = {...}
  local parts = {"*" .. #words}
  for _, word in ipairs(words) do parts[#parts + 1] = "$" .. #word .. "\r\n" .. word end
  self.socket:send(table.concat(parts, "\r\n") .. "\r\n")
  self.last = self.socket:receive("*l")
  return self.last
end
core.register_fetches("redis_get", function(txn, key)
  local r = Redis.connect("127.0.0.1", 6379)
  return r and r:command("GET", key) or ""
end)
core.register_action("redis-set", {"http-req"}, function(txn)
  local r = Redis.connect("127.0.0.1", 6379)
  if r then r:command("SET", txn.sf:path(), "1") end
end)`, "redis_get* | redis-set*"},
		{"a JSON library", `
local json = {}
local escapes = {['"'] = '\\"', ["\n"] = "\\n"}
local encode
local encoders = {
  string = function(v) return '"' .. v:gsub('["\n]', escapes) .. '"' end,
  number = tostring,
  boolean = tostring,
  table = function(v, stack)
    stack = stack or {}
    if stack[v] then error("circular reference") end
    stack[v] = true
    local parts = {}
    for k, e in pairs(v) do parts[#parts + 1] = encode(k, stack) .. ":" .. encode(e, stack) end
    stack[v] = nil
    return "{" .. table.concat(parts, ",") .. "}"
  end,
}
function encode(v, stack) return encoders[type(v)](v, stack) end
function json.encode(v) return encode(v) end
local defaults = {version = 1, names = {"a", "b"}}
core.register_fetches("request", function(txn) return json.encode({path = txn.sf:path(), headers = txn.http:req_get_headers()}) end)
core.register_fetches("defaults", function() return json.encode(defaults) end)
core.register_action("log-json", {"http-req"}, function(txn) core.Info(json.encode({m = txn.sf:method(), d = defaults})) end)`,
			"request* | defaults* | log-json*"},
		{"an ACME challenge", `
acme = {}
acme.version = "0.1"
acme.conf = {path = "/var/lib/acme/"}
acme.startup = function() core.Info("acme " .. acme.version) end
acme.http01 = function(applet)
  local token = applet.path:match("/([^/]+)$")
  local file = io.open(acme.conf.path .. (token or ""), "r")
  local content = file and file:read("*a") or ""
  if file then file:close() end
  applet:set_status(content ~= "" and 200 or 404)
  applet:start_response()
  applet:send(content)
end
core.register_init(acme.startup)
core.register_service("acme-http01", "http", acme.http01)`, "acme-http01*"},
		{"a log buffer that a task writes", `
local buffer = {lines = {}, size = 0}
function buffer:add(line) self.lines[#self.lines + 1] = line self.size = self.size + #line end
function buffer:flush() local text = table.concat(self.lines, "\n") self.lines, self.size = {}, 0 return text end
core.register_action("log", {"http-req", "http-res"}, function(txn) buffer:add(txn.sf:path()) end)
core.register_task(function() while true do core.sleep(1) local text = buffer:flush() if text ~= "" then core.Info(text) end end end)`,
			"log task"},
		{"memoization", `
local cache = {}
core.register_converters("slow", function(text)
  local v = cache[text]
  if v == nil then v = text:rep(3) cache[text] = v end
  return v
end)
core.register_converters("upper", function(text) return text:upper() end)`, "slow | upper*"},
		{"choosing in turns", `
local backends, turn = {"one", "two", "three"}, 0
core.register_fetches("next_backend", function()
  turn = turn % #backends + 1
  return backends[turn]
end)
core.register_fetches("count_backends", function() return #backends end)`, "next_backend | count_backends*"},
		{"forgotten locals", `
core.register_fetches("first", function(txn) host = txn.sf:req_hdr("host") return host end)
core.register_fetches("second", function(txn) path = txn.sf:path() return path end)`, "first | second"},
		{"a switch for operators", `
local on = false
core.register_service("switch", "http", function(applet)
  on = applet.qs == "on"
  applet:set_status(204)
  applet:start_response()
end)
core.register_fetches("switched", function() return on and 1 or 0 end)`, "switch switched"},
		{"a wrapper around registering", `
local registered = {}
local function fetch(name, f)
  registered[#registered + 1] = name
  core.register_fetches(name, function(txn, ...)
    local ok, result = pcall(f, txn, ...)
    if not ok then core.Warning(name .. ": " .. tostring(result)) return "" end
    return result
  end)
end
fetch("one", function() return 1 end)
fetch("two", function(txn) return txn.sf:path() end)`, "one* | two*"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b, _ := newBridge(t, tt.script, func(c *Config) { c.Scripts.Isolation = config.IsolationAuto; c.Threads = 4 })
			if got := groups(b.Registrations()); got != tt.want {
				t.Errorf("got %s, want %s\n%v", got, tt.want, b.Joins())
			}
		})
	}
}

// groups shows which registrations share memory.
func groups(registrations []config.Registration) string {
	var groups [][]string
	for _, r := range registrations {
		if r.Group == 0 {
			continue
		}
		for len(groups) < r.Group {
			groups = append(groups, nil)
		}
		name := r.Name
		if name == "" {
			name = r.Kind
		}
		if r.Parallel {
			name += "*"
		}
		groups[r.Group-1] = append(groups[r.Group-1], name)
	}
	var shown []string
	for _, g := range groups {
		shown = append(shown, strings.Join(g, " "))
	}
	return strings.Join(shown, " | ")
}

// TestRegistrations_twoImages: what is loaded per thread is in other groups than what is loaded once.
func TestRegistrations_twoImages(t *testing.T) {
	one := writeFile(t, "one.lua", `core.register_fetches("one", function() return 1 end)`)
	two := writeFile(t, "two.lua", `core.register_fetches("two", function() return 2 end)`)
	b, _ := newBridge(t, "", func(c *Config) {
		c.Threads = 2
		c.Scripts.Files = []config.ScriptFile{{Path: one}, {Path: two, PerThread: true}}
	})
	if got, want := groups(b.Registrations()), "one* | two"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
