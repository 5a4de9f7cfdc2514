core.register_fetches("a", 5)
