local greeting = {}

function greeting.to(name)
  return "Hello, " .. (name or "world") .. "!\n"
end

return greeting
