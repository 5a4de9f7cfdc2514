-- Class Socket of HAProxy. host.socket is what core.tcp is to be.
local host = ...
local setmetatable, new, close = setmetatable, host.bind("socket.new"), host.bind("socket.close")

local Socket = {
  connect = host.bind("socket.connect", true),
  connect_ssl = host.bind("socket.connect_ssl", true),
  send = host.bind("socket.send", true),
  receive = host.bind("socket.receive", true),
  settimeout = host.bind("socket.settimeout", true),
  getpeername = host.bind("socket.getpeername", true),
  getsockname = host.bind("socket.getsockname", true),
}

function Socket.close(socket) socket[0] = close(socket[0]) end

-- For compatibility, as in HAProxy: it does nothing.
function Socket.setoption() end

host.classes = {Socket = Socket}

local meta = {
  __index = Socket,
  __name = "Socket",
  __gc = Socket.close,
  __close = Socket.close,
  __tostring = function() return "HAProxy class Socket" end,
}

function host.socket() return setmetatable({[0] = new()}, meta) end
