-- A sample fetch and a converter.

-- my-hash: the salt, the host, the path and the client's address in one number, as the Lua guide of HAProxy has it.
core.register_fetches("my-hash", function(txn, salt)
  return txn.sc:sdbm(salt .. txn.sf:req_fhdr("host") .. txn.sf:path() .. txn.sf:src(), 1)
end)

core.register_converters("shout", function(text)
  return text:upper() .. "!"
end)
