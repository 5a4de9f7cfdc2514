core.register_action("a", {"nowhere"}, function() end)
