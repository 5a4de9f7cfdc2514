package luabridge

import (
	"strings"
	"testing"
)

// TestRegisterTask passes arguments to tasks, and starts a failed one again when asked to.
func TestRegisterTask(t *testing.T) {
	b, r := newBridge(t, `
core.register_task(function(...) core.shared.set("arguments", table.concat({...}, " ") .. select("#", ...)) end, "a", 2, "c")
core.register_task(function(word)
  if core.shared.incr("runs") < 3 then error(word) end
  core.shared.set("after", "went on")
end, "failed", {restart = true})
core.register_task(function()
  core.shared.incr("once")
  error("dead")
end)
core.register_fetches("wait", function(_, key) return core.shared.wait(key, nil) end)`, nil)
	if err := b.Start(); err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]string{"arguments": "str:a 2 c3", "after": "str:went on", "once": "sint:1"} {
		if got := fetched(t, b, newExchange(), "wait", key); got != want {
			t.Errorf("%s is %s, want %s", key, got, want)
		}
	}
	if log := r.text(); strings.Count(log, "Lua task: [state-id 0] runtime error: script.lua:4: failed from ") != 2 {
		t.Errorf("logged:\n%s", log)
	}
}
