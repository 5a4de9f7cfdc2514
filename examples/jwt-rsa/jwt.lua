-- lua.jwt AUDIENCE: lets requests pass that carry a token signed by the key in key.pem, in time and meant for this
-- audience, and notes its subject in txn.subject.
local key = "key.pem" -- from the folder that HAProxy runs in

local function refuse(txn, reason)
  txn:done(txn:reply{status = 401, headers = {["www-authenticate"] = {"Bearer"}}, body = reason .. "\n"})
end

core.register_action("jwt", {"http-req"}, function(txn, audience)
  local token = txn.sf:req_hdr("authorization"):match("^Bearer (%S+)$")
  if not token then refuse(txn, "no token") end
  -- A token that says HS256 would be checked with the public key as its secret, which everybody has.
  if txn.sc:jwt_header_query(token, "$.alg") ~= "RS256" then refuse(txn, "wrong algorithm") end
  if txn.c:jwt_verify(token, "RS256", key) ~= 1 then refuse(txn, "wrong signature") end
  local expiry = tonumber(txn.sc:jwt_payload_query(token, "$.exp", "int"))
  if not expiry or expiry < core.now().sec then refuse(txn, "expired") end
  if txn.sc:jwt_payload_query(token, "$.aud") ~= audience then refuse(txn, "for somebody else") end
  txn:set_var("txn.subject", txn.sc:jwt_payload_query(token, "$.sub"))
end, 1)
