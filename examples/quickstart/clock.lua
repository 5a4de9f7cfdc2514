-- An init function, a fetch, and a task that wakes every second to look after the greeter.

local started

core.register_init(function()
  started = core.now().sec
end)

-- Every instance of this script begins as it was after the init function: the fetch knows when that was.
core.register_fetches("uptime", function()
  return core.now().sec - started
end)

core.register_task(function()
  local port = tonumber(os.getenv("QUICKSTART_GREETER_PORT")) or 8081
  local was_up
  while true do
    core.sleep(1)
    local socket = core.tcp()
    socket:settimeout(1)
    local up = socket:connect("127.0.0.1", port) ~= nil
    socket:close()
    if up ~= was_up then
      core.Info("quickstart: the greeter is " .. (up and "up" or "down"))
      was_up = up
    end
  end
end)
