core.register_action("a", "http-req", function() end)
