-- The functions of the os library that need more than a clock.
local host = ...
local error, text = error, host.text
local getenv, remove, rename = host.bind("os.getenv"), host.bind("os.remove"), host.bind("os.rename")
local tmpname, execute = host.bind("os.tmpname"), host.bind("os.execute")

function os.getenv(name) return getenv(text(1, "getenv", name)) end

function os.remove(name) return remove(text(1, "remove", name)) end

function os.rename(from, to) return rename(text(1, "rename", from), text(2, "rename", to)) end

function os.tmpname()
  local name, message = tmpname()
  if not name then error("unable to generate a unique filename: " .. message, 2) end
  return name
end

function os.execute(command)
  if command == nil then return execute() end
  return execute(text(1, "execute", command))
end

function os.exit()
  error("os.exit: a script cannot end the proxy that runs it; return from its function instead", 2)
end
