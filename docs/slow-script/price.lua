-- The price of the cart, by the prices of the stock.
core.register_action("price", {"http-req"}, function(txn)
  local port = os.getenv("STOCK_PORT") or "8081"
  local answer = core.httpclient():get({url = "http://127.0.0.1:" .. port .. "/prices"})
  txn:set_var("txn.price", tonumber(answer.body) * txn:get_var("txn.things"))
end)
