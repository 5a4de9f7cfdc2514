-- Short calls of library functions.
return function()
  local sum, s = 0, "The quick brown fox jumps over the lazy dog"
  for i = 1, 20000 do
    sum = sum + s:byte(i % 43 + 1) + #s:sub(i % 20, i % 20 + 10)
    sum = sum + math.floor(i / 3) + math.max(i, 7) + #tostring(i)
    if i % 10 == 0 then sum = sum + #s:gsub("o", "0") + s:find("lazy", 1, true) end
  end
  return sum
end
