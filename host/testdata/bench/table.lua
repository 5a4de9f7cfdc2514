-- Filling, reading and sorting tables.
return function()
  local sum = 0
  for round = 1, 8 do
    local t, byname = {}, {}
    for i = 1, 4000 do
      t[#t + 1] = (i * 7919) % 4001
      byname["k" .. i % 200] = i
    end
    table.sort(t)
    for i = 1, #t do sum = sum + t[i] end
    for _, v in pairs(byname) do sum = sum + v end
  end
  return sum
end
