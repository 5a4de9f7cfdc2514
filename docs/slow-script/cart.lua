-- What is in the cart: as many things as the query says.
core.register_action("cart", {"http-req"}, function(txn)
  txn:set_var("txn.things", math.tointeger(tonumber(txn.sf:url_param("things"))) or 1)
end)
