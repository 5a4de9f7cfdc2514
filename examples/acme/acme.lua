-- The service lua.acme, over the challenges of a map file.
local challenges = Map.new("challenges.map", Map._str)

core.register_service("acme", "http", function(applet)
  local token = applet.path:match("^/%.well%-known/acme%-challenge/([%w_-]+)$")
  local authorization = token and challenges:lookup(token)
  local text = authorization or "no such challenge\n"
  applet:set_status(authorization and 200 or 404)
  applet:add_header("content-type", "application/octet-stream")
  applet:add_header("content-length", #text)
  applet:start_response()
  applet:send(text)
end)
