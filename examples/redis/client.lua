-- lua.count-visit ADDRESS: counts the visits of a path in the Redis at ADDRESS, in txn.visits.

-- Sends one command and returns its answer, which may be nil; errors of the server or the network are raised.
local function command(socket, ...)
  local parts = {"*" .. select("#", ...)}
  for _, part in ipairs({...}) do
    parts[#parts + 1] = "$" .. #part
    parts[#parts + 1] = part
  end
  socket:send(table.concat(parts, "\r\n") .. "\r\n")
  local line = assert(socket:receive("*l"))
  local kind, rest = line:sub(1, 1), line:sub(2)
  if kind == "-" then error("Redis: " .. rest) end
  if kind == ":" then return tonumber(rest) end
  if kind == "$" and rest ~= "-1" then
    local text = assert(socket:receive(tonumber(rest)))
    socket:receive(2) -- the line's end
    return text
  end
  if kind == "+" then return rest end
end

core.register_action("count-visit", {"http-req"}, function(txn, address)
  local socket = core.tcp()
  socket:settimeout(2)
  if not socket:connect(address) then error("no Redis at " .. address) end
  txn:set_var("txn.visits", command(socket, "INCR", "visits:" .. txn.f:path()))
  socket:close()
end, 1)
