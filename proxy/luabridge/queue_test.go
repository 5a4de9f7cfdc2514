package luabridge

import "testing"

// TestQueue lets a task work on what exchanges put into a queue, in one instance.
func TestQueue(t *testing.T) {
	b, _ := newBridge(t, `
local todo, done = core.queue(), core.queue()
core.register_task(function()
  while todo:alarm() do done:push(todo:pop() .. "!") end
end)
core.register_fetches("order", function(_, what)
  todo:push(what)
  return done:pop_wait()
end)
core.register_fetches("state", function()
  local q = core.queue()
  q:push(1)
  q:push(2)
  return tostring(q:push(nil)) .. q:size() .. q:pop() .. q:pop() .. tostring(q:pop()) .. q:size()
end)`, func(c *Config) { c.Scripts.Isolation = "script" })
	if err := b.Start(); err != nil {
		t.Fatal(err)
	}
	for _, word := range []string{"a", "b", "c"} {
		if got := fetched(t, b, newExchange(), "order", word); got != "str:"+word+"!" {
			t.Errorf("%s became %s", word, got)
		}
	}
	if got := fetched(t, b, newExchange(), "state"); got != "str:false212nil0" {
		t.Error(got)
	}
}
