action(function(txn)
  local http = txn.http
  report("headers", function()
    local lines = {}
    for name, values in pairs(http:req_get_headers()) do
      for i = 0, #values do
        if name:find("^x%-") then lines[#lines + 1] = name .. "[" .. i .. "]=" .. tostring(values[i]) end
      end
    end
    table.sort(lines)
    return table.concat(lines, " ")
  end)
  report("add", function() return http:req_add_header("X-Num", 12) end)
  report("added", function() return txn.f:req_fhdr("x-num") end)
  report("set", function() return http:req_set_header("X-One", "one") end)
  report("replace", function() return http:req_rep_header("X-One", "o(.)e", "<\\1>") end)
  report("replaced", function() return txn.f:req_fhdr("x-one") end)
  report("replace values", function() return http:req_rep_value("X-List", "b+", "B") end)
  report("replaced values", function() return txn.f:req_fhdr("x-list") end)
  report("replace whole", function() return http:req_rep_header("X-Pair", "b", "B") end)
  report("replaced whole", function() return txn.f:req_fhdr("x-pair") end)
  report("delete", function() return http:req_del_header("X-Num") end)
  report("deleted", function() return txn.f:req_fhdr("x-num") end)
  report("set method", function() return http:req_set_method("PUT") end)
  report("method", function() return txn.f:method() end)
  report("set path", function() return http:req_set_path("/new") end)
  report("set query", function() return http:req_set_query("q=1") end)
  report("url", function() return txn.f:url() end)
  report("set uri", function() return http:req_set_uri("/other?x") end)
  report("url again", function() return txn.f:url() end)
  report("add table", function() http:req_add_header("x", {}) end)
end)
