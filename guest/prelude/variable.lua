-- What TXN and the applets have in common: variables, and the private value.
local host = ...

local variable = {
  set = host.bind("variable.set_var", true),
  get = host.bind("variable.get_var", true),
  unset = host.bind("variable.unset_var", true),
}
local load_private, save_private = host.bind("private.get", true), host.bind("private.set", true)

-- The private value is kept by the exchange, encoded, because the next execution may run in another instance. Within an
-- execution the object holds the decoded value under this key, so that changes inside a table are seen by the next
-- get_priv, and host.save_private saves them when the execution ends.
local PRIVATE = {}
host.PRIVATE = PRIVATE

local function set_private(object, value)
  save_private(object, value)
  object[PRIVATE] = {value}
end

local function get_private(object)
  local kept = object[PRIVATE]
  if not kept then
    kept = {load_private(object)}
    object[PRIVATE] = kept
  end
  return kept[1]
end

-- To be called when object[PRIVATE] is set, at the end of an execution.
function host.save_private(object)
  local value = object[PRIVATE][1]
  if type(value) == "table" then save_private(object, value) end
end

function host.add_variables(methods)
  methods[PRIVATE] = false
  methods.set_var = host.method("set_var", variable.set, 2, 3)
  methods.get_var = host.method("get_var", variable.get, 1)
  methods.unset_var = host.method("unset_var", variable.unset, 1)
  methods.set_priv = host.method("set_priv", set_private, 1)
  methods.get_priv = get_private
end
