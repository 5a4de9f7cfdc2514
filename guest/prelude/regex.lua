-- The class Regex. An object holds its expression in [0] and whether case counts in [1]; the host finds what it compiled
-- by them.
local host = ...
local select, type = select, type
local new, exec, match = host.bind("regex.new"), host.bind("regex.exec"), host.bind("regex.match")

local methods = {}
local class = host.class("Regex", methods)

Regex = {}

function Regex.new(...)
  local expression, case_sensitive = ...
  expression = host.string("new", 1, expression, select("#", ...))
  if type(case_sensitive) ~= "boolean" then host.bad_argument("new", 2, "(null)") end
  local problem = new(expression, case_sensitive)
  if problem then return false, problem end
  return true, setmetatable({[0] = expression, [1] = case_sensitive}, class)
end

function methods.exec(regex, ...)
  return exec(regex[0], regex[1], host.string("exec", 1, (...), select("#", ...)))
end

function methods.match(regex, ...)
  local found = match(regex[0], regex[1], host.string("match", 1, (...), select("#", ...)))
  if not found then return false, {} end
  return true, found
end
