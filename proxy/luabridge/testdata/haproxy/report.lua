-- Loaded before each case: what a case reports is the answer of the action that it ends with.
local lines = {}

function report(name, f, ...)
  local result, text = pcall(f, ...)
  if result and math.type(text) then text = math.type(text) .. " " .. tostring(text) end
  lines[#lines + 1] = name .. ": " .. tostring(result) .. " " .. tostring(text)
end

function sorted(t)
  local keys = {}
  for key in pairs(t) do keys[#keys + 1] = tostring(key) end
  table.sort(keys)
  return table.concat(keys, " ")
end

function action(f)
  core.register_action("case", {"http-req"}, function(txn)
    if f then f(txn) end
    txn:done({body = table.concat(lines, "\n") .. "\n"})
  end)
end
