-- print, dofile and loadfile, which need the host. What other parts share stands in the host table.
local host = ...
local print_line, content = host.bind("print"), host.bind("file.content")
local concat, find, match, select, tostring = table.concat, string.find, string.match, select, tostring
local error, load, loadstring, setfenv, type = error, load, loadstring, setfenv, type

-- What was written to the standard output since its last newline.
host.unfinished = ""

-- Tables whose fields the prelude may change while serving without that being a variable that registrations share.
host.quiet = {[host] = true}

function print(...)
  local count, line = select("#", ...)
  if count == 1 then
    line = tostring((...))
  else
    local texts = {...}
    for i = 1, count do texts[i] = tostring(texts[i]) end
    line = concat(texts, "\t")
  end
  if host.unfinished ~= "" then
    line, host.unfinished = host.unfinished .. line, ""
  end
  print_line(line)
end

-- host.argument raises what a function of Lua's own libraries raises for a bad argument, at its caller.
function host.argument(number, name, problem, level)
  error("bad argument #" .. number .. " to '" .. name .. "' (" .. problem .. ")", (level or 1) + 2)
end

local typename = {["nil"] = "no value"}

-- host.text checks that an argument is a string or a number, as Lua's libraries do.
function host.text(number, name, value)
  local kind = type(value)
  if kind ~= "string" and kind ~= "number" then
    host.argument(number, name, "string expected, got " .. (typename[kind] or kind), 2)
  end
  return value
end

-- compile is Lua 5.4's load for a text, whichever Lua runs this. scoped says whether environment counts.
local function compile(source, name, mode, scoped, environment)
  if not loadstring then
    if scoped then return load(source, name, mode, environment) end
    return load(source, name, mode)
  end
  local chunk, message = loadstring(source, name)
  if chunk and scoped then setfenv(chunk, environment) end
  return chunk, message
end

-- host.load_file(name, mode, scoped, environment): loadfile, for a name that is known to be one.
function host.load_file(name, mode, scoped, environment)
  local source, message = content(name)
  if not source then return nil, "cannot open " .. name .. ": " .. message end
  if find(source, "^\239\187\191") then source = source:sub(4) end
  if find(source, "^#") then source = match(source, "^[^\n]*(.*)$") end -- "#!": the line stays, empty
  return compile(source, "@" .. name, mode, scoped, environment)
end

-- Without a name both read the standard input, which is empty.
function loadfile(name, mode, ...)
  local scoped = select("#", ...) > 0
  if name == nil then return compile("", "=stdin", mode, scoped, (...)) end
  return host.load_file(host.text(1, "loadfile", name), mode, scoped, (...))
end

function dofile(name)
  if name == nil then return end
  local chunk, message = host.load_file(host.text(1, "dofile", name))
  if not chunk then error(message, 0) end
  return chunk()
end
