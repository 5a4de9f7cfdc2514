-- Driver runs the cases of this folder so that two interpreters' output can be
-- compared: `lua5.4 driver.lua FILE...` natively, or split and run of the table
-- it returns in an embedder. A file is a header comment followed by cases; line
-- 1 of a case is the line after its "-- case: NAME".

-- split returns the cases of text as a list of {name, source}.
local function split(text)
  local cases = {}
  for line in (text:gsub("\n?$", "\n", 1)):gmatch("(.-\n)") do
    local name = line:match("^%-%- case: (.-)\n$")
    local case = cases[#cases]
    if name then
      cases[#cases + 1] = {name = name, source = ""}
    elseif case then
      case.source = case.source .. line
    end
  end
  return cases
end

-- environment copies the globals and each library, so that no case sees what
-- another assigned, and gives the copy a print that goes to write.
local function environment(write)
  local env = {}
  for name, value in pairs(_G) do
    if type(value) == "table" then
      local copy = {}
      for key, member in pairs(value) do copy[key] = member end
      value = copy
    end
    env[name] = value
  end
  env._G = env
  function env.print(...)
    local shown = table.pack(...)
    for i = 1, shown.n do shown[i] = tostring(shown[i]) end
    write(table.concat(shown, "\t") .. "\n")
  end
  return env
end

-- run executes each case in a coroutine and passes its output to write, and
-- after "!! " the error that ended it.
local function run(cases, write)
  for _, case in ipairs(cases) do
    write("== " .. case.name .. "\n")
    local chunk, message = load(case.source, "=case", "t", environment(write))
    local co = coroutine.create(chunk or function() error(message, 0) end)
    coroutine.resume(co)
    local ok, message = coroutine.close(co) -- runs the pending __close metamethods
    if not ok then write("!! " .. (type(message) == "string" and message or type(message)) .. "\n") end
    collectgarbage() -- finalizers of this case speak before the next one starts
  end
end

for _, path in ipairs(arg or {}) do
  local file <close> = assert(io.open(path))
  run(split(file:read("a")), function(text) io.write(text) end)
end
return {split = split, run = run}
