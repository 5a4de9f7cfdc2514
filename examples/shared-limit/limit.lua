-- lua.limit REQUESTS SECONDS: lets each client ask so often in so many seconds, and tells it what is left.
--
-- On Tidelock the counts are in core.shared: all instances see them alike and, with a driver for it, a fleet does. HAProxy
-- has one Lua state for all threads, where a table does the same.
local shared = core.shared
local counts = {} -- by key: {number, when it ends}

local function increment(key, seconds)
  if shared then return shared.incr(key, 1, seconds) end
  local now = core.now().sec
  local entry = counts[key]
  if not entry or entry[2] <= now then
    entry = {0, now + seconds}
    counts[key] = entry
  end
  entry[1] = entry[1] + 1
  return entry[1]
end

core.register_action("limit", {"http-req"}, function(txn, allowed, seconds)
  allowed, seconds = tonumber(allowed), tonumber(seconds)
  local who = txn.sf:req_hdr("x-api-key")
  if who == "" then who = txn.sf:src() end
  local count = increment("limit:" .. who, seconds)
  if count > allowed then
    txn:done(txn:reply{
      status = 429, headers = {["retry-after"] = {tostring(seconds)}}, body = "wait a while\n",
    })
  end
  txn:set_var("txn.left", allowed - count)
end, 2)
