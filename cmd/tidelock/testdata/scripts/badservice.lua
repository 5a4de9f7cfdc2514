core.register_service("a", "udp", function() end)
