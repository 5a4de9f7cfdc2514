-- An action that talks to a service of the same proxy over core.tcp, that TCP service, and an HTTP service.

core.register_action("ask-greeter", {"http-req"}, function(txn, port)
  local name = txn.sf:path():match("^/greet/([%w-]+)") or "stranger"
  local socket = core.tcp()
  socket:settimeout(2)
  if not socket:connect("127.0.0.1", tonumber(port)) then
    txn:set_var("txn.greeting", "The greeter does not answer.")
    return
  end
  socket:send(name .. "\n")
  txn:set_var("txn.greeting", socket:receive("*l") or "The greeter said nothing.")
  socket:close()
end, 1)

core.register_service("greeter", "tcp", function(applet)
  local name = applet:getline():gsub("%s+$", "")
  applet:send("Hello " .. name .. ", this is a TCP service.\n")
end)

core.register_service("hello", "http", function(applet)
  local body = "Hello from Lua inside WebAssembly.\n"
  applet:set_status(200)
  applet:add_header("content-type", "text/plain")
  applet:add_header("content-length", tostring(#body))
  applet:start_response()
  applet:send(body)
end)
