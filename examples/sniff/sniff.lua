-- lua.sniff: what protocol a connection begins with, in sess.protocol.
local beginnings = {{"^SSH%-", "ssh"}, {"^%u+ /", "http"}, {"^\22\3", "tls"}}

core.register_action("sniff", {"tcp-req"}, function(txn)
  local first = txn.sf:req_payload(0, 0)
  for _, beginning in ipairs(beginnings) do
    if first:find(beginning[1]) then
      txn:set_var("sess.protocol", beginning[2])
      return
    end
  end
  txn:set_var("sess.protocol", "unknown")
end)

-- Stands for a server of SSH.
core.register_service("ssh-banner", "tcp", function(applet)
  local client = applet:getline()
  applet:send("SSH-2.0-example, you said " .. client)
end)
