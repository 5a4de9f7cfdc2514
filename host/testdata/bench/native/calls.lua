-- What BenchmarkGuest measures in the guest, for the native interpreter: prints nanoseconds for one iteration of each.
local n = 500000

local function measure(name, f)
  local start = os.clock()
  f()
  print(name, (os.clock() - start) / n * 1e9)
end

local function nothing() end
measure("pcall", function() for _ = 1, n do pcall(nothing) end end)
measure("pcall-error", function() for _ = 1, n do pcall(error, "x") end end)
local resume, co = coroutine.resume, coroutine.create(function() while true do coroutine.yield() end end)
measure("resume-yield", function() for _ = 1, n do resume(co) end end)
