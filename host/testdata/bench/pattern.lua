-- The pattern matcher, which loops inside one library call.
return function()
  local subject, pattern = ("a"):rep(22), ("a*"):rep(5) .. "b"
  local found = 0
  for _ = 1, 3 do
    if subject:find(pattern) then found = found + 1 end
  end
  return found
end
