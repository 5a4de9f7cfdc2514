-- lua.auth-request URL: asks URL, with the client's Authorization header, whether the request may pass.
local function auth_request(txn, url)
  txn.http:req_del_header("x-user") -- nobody else may say who it is
  local authorization = txn.http:req_get_headers()["authorization"]
  if not authorization then
    txn:done(txn:reply{status = 401, headers = {["www-authenticate"] = {"Bearer"}}, body = "who are you?\n"})
  end
  local answer = core.httpclient():get{url = url, headers = {authorization = {authorization[0]}}}
  if answer.status ~= 200 then
    txn:done(txn:reply{status = answer.status, body = answer.body})
  end
  txn.http:req_set_header("x-user", answer.headers["x-user"][0])
end

core.register_action("auth-request", {"http-req"}, auth_request, 1)
