package luabridge

import "testing"

// TestShared calls every function of core.shared from registrations in instances of their own.
func TestShared(t *testing.T) {
	b, _ := newBridge(t, `
core.register_fetches("write", function()
  core.shared.set("text", "a")
  core.shared.set("truth", true)
  core.shared.set("gone", 1, 0.001)
  return tostring(core.shared.add("text", "b")) .. tostring(core.shared.add("new", 1.5))
end)
core.register_fetches("read", function()
  core.msleep(5)
  return table.concat({
    core.shared.get("text"), tostring(core.shared.get("truth")), tostring(core.shared.get("gone")),
    core.shared.get("new"), table.concat(core.shared.keys("te"), "+"),
  }, " ")
end)
core.register_fetches("count", function() return core.shared.incr("n") .. " " .. core.shared.incr("n", 5, 60) end)
core.register_fetches("swap", function()
  return tostring(core.shared.compare_and_set("text", "x", "y")) .. tostring(core.shared.compare_and_set("text", "a", "c"))
    .. core.shared.get("text") .. tostring(core.shared.delete("text")) .. tostring(core.shared.delete("text"))
end)
core.register_fetches("wait", function() return core.shared.wait("n", 6, 0.001) .. core.shared.wait("n", 1) end)
core.register_fetches("wrong", function()
  local _, problem = pcall(core.shared.set, "a", {})
  return problem:match("core.shared keeps.*")
end)`, nil)
	for _, step := range []struct{ fetch, want string }{
		{"write", "str:falsetrue"}, {"read", "str:a true nil 1.5 text"}, {"count", "str:1 6"},
		{"swap", "str:falsetruectruefalse"}, {"wait", "str:66"}, {"wrong", "str:core.shared keeps strings, numbers and booleans"},
	} {
		if got := fetched(t, b, newExchange(), step.fetch); got != step.want {
			t.Errorf("%s: %s, want %s", step.fetch, got, step.want)
		}
	}
}
