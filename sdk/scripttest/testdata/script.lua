-- The script that the runner's own test tests: one registration of each kind.
local greeting = ... or "hello"

core.register_action("auth", {"http-req"}, function(txn, service)
  local token = txn.sf:req_hdr("authorization")
  if token == "" then txn:done(txn:reply{status = 401, body = "no token"}) end
  local answer = core.httpclient():get{url = service .. "/check", headers = {authorization = {token}}}
  core.Info("service said " .. answer.status)
  txn:set_var("txn.user", answer.body)
  txn.http:req_set_header("x-user", answer.body)
end, 1)

core.register_action("mark", {"http-res"}, function(txn) txn.http:res_add_header("x-marked", "yes") end)
core.register_action("sniff", {"tcp-req"}, function(txn) txn:set_var("sess.seen", txn.f:src()) end)

core.register_fetches("greet", function(txn, who) return greeting .. " " .. (who or txn.f:path()) end)
core.register_fetches("date", function() return core.now().sec end)
core.register_converters("twice", function(text) return text .. text end)

core.register_service("echo", "http", function(applet)
  local body = applet.method .. " " .. applet:receive()
  applet:set_status(201)
  applet:add_header("x-echo", "1")
  applet:start_response()
  applet:send(body)
end)

core.register_task(function()
  while true do
    core.sleep(3600)
    core.Info("an hour has passed")
  end
end)
