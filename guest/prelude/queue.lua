-- The class Queue: values in the order of their coming. They are in the object; the host only wakes who waits.
local host = ...
local new, sequence, signal, wait =
  host.bind("queue.new"), host.bind("queue.sequence"), host.bind("queue.signal"), host.bind("queue.wait")

local methods = {}
local class = host.class("Queue", methods)

function core.queue() return setmetatable({[0] = new(), first = 1, last = 0, values = {}}, class) end

function methods.size(queue) return queue.last - queue.first + 1 end

function methods.push(queue, value)
  if value == nil then return false end
  queue.last = queue.last + 1
  queue.values[queue.last] = value
  signal(queue[0])
  return true
end

function methods.pop(queue)
  local first = queue.first
  local value = queue.values[first]
  if value == nil then return nil end
  queue.values[first] = nil
  queue.first = first + 1
  return value
end

-- queue:alarm() waits until something is in the queue.
function methods.alarm(queue)
  while true do
    local seen = sequence(queue[0])
    if queue:size() > 0 then return true end
    wait(queue[0], seen)
  end
end

function methods.pop_wait(queue)
  while true do
    queue:alarm()
    local value = queue:pop() -- another may have been faster
    if value ~= nil then return value end
  end
end
