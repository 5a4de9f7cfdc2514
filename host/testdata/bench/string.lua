-- Making strings: concatenation, formatting, tables of pieces.
return function()
  local total = 0
  for i = 1, 6000 do
    local s = "key" .. i .. "=" .. (i * 2)
    local parts = {}
    for j = 1, 8 do parts[j] = s .. j end
    total = total + #table.concat(parts, ",") + #string.format("%05d:%s", i, s)
  end
  return total
end
