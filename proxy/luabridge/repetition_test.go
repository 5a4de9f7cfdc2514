package luabridge

import (
	"testing"

	"tidelock/proxy/stream"
)

// TestRegistration_repeated: of two functions of one name the later counts, with a warning, as HAProxy 2.6 has it. An
// action may have the same name for requests and responses.
func TestRegistration_repeated(t *testing.T) {
	b, r := newBridge(t, `
core.register_fetches("f", function() return "first" end)
core.register_fetches("f", function() return "second" end)
core.register_action("a", {"http-req"}, function() return act.STOP end)
core.register_action("a", {"http-res"}, function() return act.DENY end)
core.register_action("b", {"http-req", "tcp-req"}, function() return act.STOP end)
core.register_action("b", {"tcp-req"}, function() return act.DENY end)`, nil)
	if got := fetched(t, b, newExchange(), "f"); got != "any:second" && got != "str:second" {
		t.Errorf("the fetch gives %s", got)
	}
	for _, test := range []struct {
		set  stream.RuleSet
		name string
		want stream.Verdict
	}{
		{stream.HTTPRequest, "a", stream.Stop},
		{stream.HTTPResponse, "a", stream.Deny},
		{stream.HTTPRequest, "b", stream.Stop},
		{stream.TCPRequest, "b", stream.Deny},
	} {
		if got := acted(t, b, newExchange(), test.set, test.name); got != test.want {
			t.Errorf("%s in %s: verdict %v, want %v", test.name, test.set, got, test.want)
		}
	}
	want := "<4>fetch 'lua.f' is registered more than once: the one at script.lua:3 counts.\n" +
		"<4>action 'lua.b' is registered more than once: the one at script.lua:7 counts."
	if got := r.text(); got != want {
		t.Errorf("logged:\n%s\nwant:\n%s", got, want)
	}
}
