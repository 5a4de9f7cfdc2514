-- lua.cors DOMAIN,...: in http-request rules it answers preflights, in http-response rules it allows the origin.
local function allowed(origin, domains)
  local host = origin:match("^https?://([^:/]+)")
  for _, domain in ipairs(core.tokenize(domains, ",")) do
    if host == domain or host and host:sub(-#domain - 1) == "." .. domain then return true end
  end
  return false
end

core.register_action("cors", {"http-req"}, function(txn, domains)
  local origin = txn.http:req_get_headers()["origin"]
  if not origin or not allowed(origin[0], domains) then return end
  txn:set_var("txn.origin", origin[0])
  if txn.f:method() == "OPTIONS" then
    local reply = txn:reply{status = 204}
    reply:add_header("access-control-allow-origin", origin[0])
    reply:add_header("access-control-allow-methods", "GET, HEAD, PUT, POST, DELETE")
    reply:add_header("access-control-max-age", "86400")
    txn:done(reply)
  end
end, 1)

core.register_action("cors", {"http-res"}, function(txn)
  local origin = txn:get_var("txn.origin")
  if not origin then return end
  txn.http:res_set_header("access-control-allow-origin", origin)
  txn.http:res_add_header("vary", "origin")
end, 1)
