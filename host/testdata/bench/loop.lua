-- Arithmetic on integers and floats.
return function()
  local sum, x = 0, 0.5
  for i = 1, 1000000 do
    sum = (sum + i * 7) % 1000003
    x = x * 1.0000001 + 0.25
  end
  return sum + (x > 0 and 1 or 0)
end
