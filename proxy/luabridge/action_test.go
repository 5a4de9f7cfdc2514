package luabridge

import (
	"testing"

	"tidelock/proxy/stream"
)

// TestAction_verdicts follows the Lua API, "Action class".
func TestAction_verdicts(t *testing.T) {
	for _, test := range []struct {
		name, body string
		want       stream.Verdict
		status     int
	}{
		{"nothing", "", stream.Continue, 0},
		{"continue", "return act.CONTINUE", stream.Continue, 0},
		{"stop", "return act.STOP", stream.Stop, 0},
		{"yield", "return act.YIELD", stream.Continue, 0},
		{"error", "return act.ERROR", stream.Failed, 0},
		{"done", "return act.DONE", stream.Stop, 0},
		{"deny", "return act.DENY", stream.Deny, 0},
		{"abort", "return act.ABORT", stream.Abort, 0},
		{"invalid", "return act.INVALID", stream.Deny, 400},
		{"string", `return "1"`, stream.Continue, 0},
		{"unknown", "return 99", stream.Continue, 0},
		{"core.done", "core.done() return act.DENY", stream.Continue, 0},
		{"txn.done", "txn:done() return act.STOP", stream.Abort, 0},
		{"reply", "txn:done({status = 418})", stream.Reply, 418},
		{"empty reply", "txn:done({})", stream.Reply, 200},
		{"broken reply", `txn:done({headers = {a = {"b\r\nc: d"}}})`, stream.Continue, 0},
		{"sleep", "core.msleep(1) return act.STOP", stream.Stop, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			b, _ := newBridge(t, `core.register_action("a", {"http-req"}, function(txn) `+test.body+` end)`, nil)
			s := newExchange()
			if got := acted(t, b, s, stream.HTTPRequest, "a"); got != test.want {
				t.Errorf("verdict %v, want %v", got, test.want)
			}
			if got := s.Response.Status(); got != test.status {
				t.Errorf("status %d, want %d", got, test.status)
			}
		})
	}
}

func TestAction_reply(t *testing.T) {
	b, r := newBridge(t, `core.register_action("a", {"http-req"}, function(txn, one, two)
  local reply = txn:reply({status = 400, reason = "No", headers = {["x-a"] = {"1", "2"}, ["x-b"] = "ignored"}})
  reply:add_header("x-a", one .. two)
  reply:set_body("hello")
  txn:done(reply)
end, 2)`, nil)
	s := newExchange()
	if got := acted(t, b, s, stream.HTTPRequest, "a", "3", "4"); got != stream.Reply {
		t.Fatalf("verdict %v; log: %s", got, r.text())
	}
	m := s.Response
	got := string(m.Reason())
	for i := m.First(); i >= 0; i = m.Next(i) {
		got += " " + string(m.Name(i)) + "=" + string(m.Value(i))
	}
	if want := "No x-a=1 x-a=2 x-a=34 content-length=5"; got != want || string(m.Body()) != "hello" {
		t.Errorf("got %s %q, want %s", got, m.Body(), want)
	}
}

// TestResponse uses the response in rules for it, and refuses the message of the other direction.
func TestResponse(t *testing.T) {
	b, r := newBridge(t, `core.register_action("a", {"http-res"}, function(txn)
  txn.http:res_add_header("X-Status", txn.f:status())
  txn.http:res_set_status(299, "Changed")
  txn.http:res_set_header("X-Request", tostring(pcall(txn.http.req_get_headers, txn.http)))
  txn.http:res_set_header("X-Path", tostring(txn.f:path()))
  txn.http:res_add_header("X-Headers", txn.http:res_get_headers()["x-status"][0])
end)`, nil)
	s := newExchange()
	s.Response.SetResponse(200, []byte("OK"))
	acted(t, b, s, stream.HTTPResponse, "a")
	m := s.Response
	got := string(m.Reason())
	for i := m.First(); i >= 0; i = m.Next(i) {
		got += " " + string(m.Name(i)) + "=" + string(m.Value(i))
	}
	if want := "Changed x-status=200 x-request=false x-path=nil x-headers=200"; got != want {
		t.Errorf("got %s, want %s; log: %s", got, want, r.text())
	}
}

// TestPrivate carries a value from one execution to the next, which has another instance, with changes inside a table.
func TestPrivate(t *testing.T) {
	b, r := newBridge(t, `
core.register_action("set", {"http-req"}, function(txn)
  local value = {}
  txn:set_priv(value)
  value.a = "foo"
end)
core.register_action("change", {"http-req"}, function(txn) txn:get_priv().b = {1, 2} end)
core.register_fetches("get", function(txn)
  local value = txn:get_priv()
  return value and value.a .. #value.b or "none"
end)`, nil)
	s := newExchange()
	if got := fetched(t, b, s, "get"); got != "str:none" {
		t.Errorf("got %s before it was set", got)
	}
	acted(t, b, s, stream.HTTPRequest, "set")
	acted(t, b, s, stream.HTTPRequest, "change")
	if got := fetched(t, b, s, "get"); got != "str:foo2" {
		t.Errorf("got %s; log: %s", got, r.text())
	}
}

// TestTCP has no HTTP object and answers nobody.
func TestTCP(t *testing.T) {
	b, r := newBridge(t, `core.register_action("a", {"tcp-req"}, function(txn)
  txn:set_var("txn.a", tostring(txn.http) .. tostring(txn.req:is_resp()) .. tostring(txn.res:is_resp()) .. txn.sf:src())
  txn:done({status = 200})
end)
core.register_fetches("var", function(txn) return txn:get_var("txn.a") end)`, nil)
	s := newExchange()
	s.Request, s.Response = nil, nil
	if got := acted(t, b, s, stream.TCPRequest, "a"); got != stream.Abort {
		t.Errorf("verdict %v, want %v; log: %s", got, stream.Abort, r.text())
	}
	if got, want := fetched(t, b, s, "var"), "str:nilfalsetrue127.0.0.1"; got != want {
		t.Errorf("got %s, want %s; log: %s", got, want, r.text())
	}
}

// TestStale refuses an object that a script kept from an earlier execution.
func TestStale(t *testing.T) {
	b, r := newBridge(t, `core.register_fetches("f", function(txn)
  kept = kept or txn
  return tostring(pcall(kept.get_var, kept, "txn.a"))
end)`, nil)
	s := newExchange()
	if got := fetched(t, b, s, "f"); got != "str:true" {
		t.Errorf("first: %s; log: %s", got, r.text())
	}
	if got := fetched(t, b, s, "f"); got != "str:false" {
		t.Errorf("second: %s; log: %s", got, r.text())
	}
}
