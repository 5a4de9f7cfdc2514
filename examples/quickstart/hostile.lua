-- What a script must not be able to do to others. On HAProxy 2.6 the first burns a processor until its timeout, the
-- second aborts the process.

core.register_action("endless", {"http-req"}, function()
  while true do end
end)

core.register_action("catastrophic", {"http-req"}, function()
  return ("a"):rep(28):find(("a*"):rep(14) .. "b")
end)

core.register_action("hungry", {"http-req"}, function()
  local everything = "everything"
  while true do everything = everything .. everything end
end)
