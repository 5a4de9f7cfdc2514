package luabridge

import (
	"testing"
	"time"

	"tidelock/proxy/telemetry"
)

// TestShared_cause has an execution wait for a key: its span links to that of the one that changes it.
func TestShared_cause(t *testing.T) {
	for _, change := range []string{`core.shared.set("key", "b")`, `core.shared.compare_and_set("key", "a", "b")`, `core.shared.incr("key", 1)`} {
		t.Run(change, func(t *testing.T) {
			b, spans := traced(t, `
core.register_fetches("begin", function(_, value) core.shared.set("key", tonumber(value) or value) return "begun" end)
core.register_fetches("wait", function() return tostring(core.shared.wait("key", core.shared.get("key"))) end)
core.register_fetches("change", function() `+change+` return "changed" end)`)
			first := "a"
			if change == `core.shared.incr("key", 1)` {
				first = "1"
			}
			fetched(t, b, newExchange(), "begin", first)
			done := make(chan struct{})
			go func() {
				defer close(done)
				fetched(t, b, newExchange(), "wait")
			}()
			for b.causes.waiters.Load() == 0 {
				time.Sleep(time.Millisecond)
			}
			fetched(t, b, newExchange(), "change")
			<-done
			waiting, changing := ended(t, spans, "lua wait"), ended(t, spans, "lua change")
			links := waiting.Links()
			if len(links) != 1 || !links[0].SpanContext.Equal(changing.SpanContext()) || links[0].Attributes[0].Value.AsString() != telemetry.CauseShared {
				t.Errorf("links %v", links)
			}
			if len(b.causes.keys) != 0 || b.causes.waiters.Load() != 0 {
				t.Errorf("%d keys are kept", len(b.causes.keys))
			}
		})
	}
}
