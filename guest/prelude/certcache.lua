-- The class CertCache, whose only function replaces certificates that listeners and servers use.
local host = ...
local pairs, select, tostring, type = pairs, select, tostring, type
local fail, set = host.fail, host.bind("certcache.set")

local parts = {filename = true, crt = true, key = true, ocsp = true, issuer = true, sctl = true}

CertCache = {}

function CertCache.set(...)
  local certificate = ...
  if select("#", ...) ~= 1 or type(certificate) ~= "table" then
    fail("'CertCache.set' needs a table as argument")
  end
  if type(certificate.filename) ~= "string" then fail("No filename specified!") end
  local texts = {}
  for name, text in pairs(certificate) do
    if not parts[name] then fail("Unsupported field '" .. tostring(name) .. "'") end
    if type(text) == "string" or type(text) == "number" then texts[name] = tostring(text) end
  end
  local problem = set(texts.filename, texts.crt, texts.key, texts.ocsp, texts.issuer, texts.sctl)
  if problem then fail(problem) end
end
