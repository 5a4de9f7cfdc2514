-- lua.limit WITH-KEY WITHOUT: how many requests a client may send in the period of the stick table.
core.register_action("limit", {"http-req"}, function(txn, with_key, without)
  local limit = tonumber(txn.sf:req_hdr("x-api-key") ~= "" and with_key or without)
  local rate = txn.f:sc_http_req_rate(0)
  if rate > limit then
    txn:done(txn:reply{status = 429, headers = {["retry-after"] = {"10"}}, body = rate .. " requests, " .. limit .. " are allowed\n"})
  end
end, 2)
