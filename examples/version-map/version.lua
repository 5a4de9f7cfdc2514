-- The converter lua.backend_of: path -> name of a backend.
local versions = Map.new("versions.map", Map._beg)

core.register_converters("backend_of", function(path)
  return versions:slookup(path)
end)
