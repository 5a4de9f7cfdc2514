-- What others bought, too: a word about each two things in the cart.
local function together(things)
  local seen = {}
  for i = 1, things do
    for j = 1, things do
      seen[(i * j) % 97] = i
    end
  end
  return #seen
end

core.register_action("advice", {"http-req"}, function(txn)
  txn:set_var("txn.advice", together(txn:get_var("txn.things")))
end)
