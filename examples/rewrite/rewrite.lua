-- filter lua.rewrite FROM TO: replaces a text in the bodies of responses of type text/*, wherever it stands. Bodies may be
-- chunked and of any length: what may be the beginning of the text is kept until more has come.
local Rewrite = {id = "Lua text rewriter", flags = filter.FLT_CFG_FL_HTX}

function Rewrite:new()
  return setmetatable({}, {__index = self}) -- one for each exchange; self has the arguments of its line
end

function Rewrite:start_analyze(txn, chn)
  -- The data of requests is not looked at.
end

function Rewrite:http_headers(txn, msg)
  if not msg.channel:is_resp() then return end
  local headers = msg:get_headers()
  local kind = headers["content-type"]
  if not kind or not kind[0]:find("^text/") or headers["content-encoding"] then return end
  -- The length will be another one: it is sent in chunks.
  msg:del_header("content-length")
  if not headers["transfer-encoding"] then msg:add_header("transfer-encoding", "chunked") end
  filter.register_data_filter(self, msg.channel)
end

-- held(text, from) -> how many bytes at the end of text may be the beginning of from
local function held(text, from)
  for length = math.min(#from - 1, #text), 1, -1 do
    if text:sub(-length) == from:sub(1, length) then return length end
  end
  return 0
end

function Rewrite:http_payload(txn, msg)
  local body = msg:body()
  if not body then return end
  local from, to = self.args[1], self.args[2]
  local keep = msg:eom() and 0 or held(body, from)
  local taken = body:sub(1, #body - keep)
  local pieces, at = {}, 1
  while true do
    local first, last = taken:find(from, at, true)
    if not first then break end
    pieces[#pieces + 1] = taken:sub(at, first - 1)
    pieces[#pieces + 1] = to
    at = last + 1
  end
  pieces[#pieces + 1] = taken:sub(at)
  local changed = table.concat(pieces)
  if changed ~= taken then msg:set(changed, 0, #taken) end
  return #changed
end

core.register_filter("rewrite", Rewrite, function(flt, args)
  if #args ~= 2 then error("filter lua.rewrite expects two texts") end
  flt.args = args
  return flt
end)
