-- lua.maintenance-switch: /admin/on and /admin/off.
core.register_action("maintenance-switch", {"http-req"}, function(txn)
  local wanted = txn.f:path():match("^/admin/(%l+)$")
  if wanted ~= "on" and wanted ~= "off" then
    txn:done(txn:reply{status = 404, body = "on or off?\n"})
  end
  txn:set_var("proc.maintenance", wanted)
  txn:done(txn:reply{status = 200, body = "maintenance is " .. wanted .. "\n"})
end)

core.register_service("maintenance-page", "http", function(applet)
  local page = "Back soon. You asked for " .. applet.path .. "\n"
  applet:set_status(503)
  applet:add_header("retry-after", "300")
  applet:add_header("content-type", "text/plain")
  applet:add_header("content-length", #page)
  applet:start_response()
  applet:send(page)
end)
