-- lua.jwt: lets requests pass that carry a valid token, and notes its subject in txn.subject.
local secret = "correct horse battery staple"

local function refuse(txn, reason)
  txn:done(txn:reply{status = 401, body = reason .. "\n"})
end

core.register_action("jwt", {"http-req"}, function(txn)
  local token = txn.sf:req_hdr("authorization"):match("^Bearer (%S+)$")
  if not token then refuse(txn, "no token") end
  -- The token must not choose how it is checked.
  if txn.sc:jwt_header_query(token, "$.alg") ~= "HS256" then refuse(txn, "wrong algorithm") end
  if txn.c:jwt_verify(token, "HS256", secret) ~= 1 then refuse(txn, "wrong signature") end
  txn:set_var("txn.subject", txn.sc:jwt_payload_query(token, "$.sub"))
end)
