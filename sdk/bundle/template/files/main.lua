-- Says hello to who is known. `lua.hello` is the service in rules: http-request use-service lua.hello
local greeting = require "greeting"

core.register_service("hello", "http", function(applet)
  local body = greeting.to(applet.headers["x-name"] and applet.headers["x-name"][0])
  applet:set_status(200)
  applet:add_header("content-type", "text/plain")
  applet:add_header("content-length", tostring(#body))
  applet:start_response()
  applet:send(body)
end)
