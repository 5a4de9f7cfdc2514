-- Prices: what a thing costs.
core.register_service("prices", "http", function(applet)
  local body = "7"
  applet:set_status(200)
  applet:add_header("content-length", tostring(#body))
  applet:start_response()
  applet:send(body)
end)
