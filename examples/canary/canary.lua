-- lua.canary PERCENT: chooses the release of a request, and notes it in txn.release.
local releases = {stable = true, canary = true}

core.register_action("canary", {"http-req"}, function(txn, percent)
  local chosen = txn.sf:req_cook("release")
  if not releases[chosen] then
    local bucket = txn.c:djb2(txn.sf:src(), 1) % 100
    chosen = bucket < tonumber(percent) and "canary" or "stable"
    txn:set_var("txn.assigned", chosen)
  end
  txn:set_var("txn.release", chosen)
end, 1)

core.register_action("canary-cookie", {"http-res"}, function(txn)
  local assigned = txn:get_var("txn.assigned")
  if assigned then txn.http:res_add_header("set-cookie", "release=" .. assigned .. "; path=/; max-age=3600") end
end)
