package main

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	trace "go.opentelemetry.io/proto/otlp/trace/v1"

	"tidelock/cmd/tidelock/telemetry/otlptest"
)

// outcomeScript has an action for each way in which executions end.
const outcomeScript = `
core.register_action("ok", {"http-req"}, function() end)
core.register_action("error", {"http-req"}, function() error("no good") end)
core.register_action("timeout", {"http-req"}, function() while true do end end)
core.register_action("out_of_memory", {"http-req"}, function()
  local all = {}
  while true do all[#all + 1] = ("sixteen letters "):rep(4096) .. #all end
end)
core.register_action("killed", {"http-req"}, function()
  return ("a"):rep(28):find(("a*"):rep(14) .. "b")
end)
core.register_action("slow", {"http-req"}, function() core.msleep(600) end)
`

// TestTelemetry_Outcomes has sampling leave everything out: what ended badly, or was slow, is there all the same, with its
// request, and says how it ended and where.
func TestTelemetry_Outcomes(t *testing.T) {
	receiver := observed(t)
	t.Setenv("OTEL_TRACES_SAMPLER", "always_off")
	folder := layout(t, map[string]string{"s.lua": outcomeScript})
	tests := []struct{ name, message, traceback string }{
		{"ok", "", ""}, {"error", "s.lua:3: no good", "s.lua:3"}, {"timeout", "s.lua:4", "s.lua:4"},
		{"out_of_memory", "", ""}, {"killed", "s.lua:10", ""}, {"slow", "", ""},
	}
	rules := ""
	for _, test := range tests {
		rules += fmt.Sprintf("  http-request lua.%s if { path /%[1]s }\n", test.name)
	}
	s := serve(t, folder, t.TempDir(), fmt.Sprintf(`global
  lua-load %[1]s/s.lua
frontend www
  mode http
  timeout client 10s
  bind unix@%[1]s/www
%[2]s  http-request return status 204
`, folder, rules), "--lua-session-timeout", "300ms", "--lua-instance-memory", "8m", "--telemetry-slow-execution", "500ms")
	for _, test := range tests {
		s.get("/" + test.name)
	}
	s.stop()
	spans := receiver.Spans()
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if test.name == "ok" {
				for _, span := range spans {
					if otlptest.Attributes(span.Attributes)["url.path"] == "/ok" {
						t.Error("a request that nothing is wrong with is traced")
					}
				}
				return
			}
			execution := spanNamed(t, spans, "lua action "+test.name, trace.Span_SPAN_KIND_INTERNAL)
			path := ""
			for _, span := range spans {
				if string(span.SpanId) == string(execution.ParentSpanId) && span.Kind == trace.Span_SPAN_KIND_SERVER {
					path = otlptest.Attributes(span.Attributes)["url.path"]
				}
			}
			expect(t, "path of the request", path, "/"+test.name)
			if test.name == "slow" {
				expectAttributes(t, execution, map[string]string{"tidelock.outcome": "ok", "tidelock.waits": "1", "error.type": ""})
				return
			}
			expectAttributes(t, execution, map[string]string{"tidelock.outcome": test.name, "error.type": test.name})
			last := execution.Events[len(execution.Events)-1]
			exception := otlptest.Attributes(last.Attributes)
			if last.Name != "exception" || exception["exception.type"] != test.name ||
				!strings.Contains(exception["exception.message"], test.message) || !strings.Contains(exception["exception.stacktrace"], test.traceback) {
				t.Errorf("%s: %q", last.Name, exception)
			}
		})
	}
}

// A script's own request carries the trace and the baggage on that its client has sent, with the header that OTEL_PROPAGATORS
// names; one that the script has set itself stays.
func TestTelemetry_ScriptRequest(t *testing.T) {
	for _, test := range []struct{ propagators, trace string }{
		{"tracecontext,baggage", "traceparent"}, {"b3,baggage", "b3"},
	} {
		t.Run(test.propagators, func(t *testing.T) {
			receiver := observed(t)
			t.Setenv("OTEL_PROPAGATORS", test.propagators)
			origin, headers := hearing(t)
			folder := layout(t, map[string]string{"s.lua": `
core.register_action("ask", {"http-req"}, function(txn)
  core.httpclient():get({url = "` + origin.URL + `"})
  core.httpclient():get({url = "` + origin.URL + `", headers = {baggage = {"own=1"}}})
end)`})
			s := serve(t, folder, t.TempDir(), fmt.Sprintf(`global
  lua-load %[1]s/s.lua
frontend www
  mode http
  timeout client 10s
  bind unix@%[1]s/www
  http-request lua.ask
  http-request return status 200
`, folder))
			s.send("http://www/", map[string]string{
				"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "b3": "0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-1",
				"baggage": "tenant=blue",
			})
			var seen [2]http.Header
			for i := range seen {
				seen[i] = <-headers
			}
			s.stop()
			expect(t, "baggage", seen[0].Get("baggage"), "tenant=blue")
			expect(t, "the script's baggage", strings.Join(seen[1].Values("baggage"), ", "), "own=1")
			told := map[string]bool{}
			for _, span := range receiver.Spans() {
				if span.Kind == trace.Span_SPAN_KIND_CLIENT {
					told[fmt.Sprintf("%x-%x", span.TraceId, span.SpanId)] = true
				}
			}
			for _, header := range seen {
				text := strings.TrimSuffix(strings.TrimPrefix(header.Get(test.trace), "00-"), "-1")
				if text = strings.TrimSuffix(text, "-01"); !told[text] || !strings.HasPrefix(text, "0af7651916cd43dd8448eb211c80319c-") {
					t.Errorf("%s: %s, of spans %v", test.trace, header.Get(test.trace), told)
				}
			}
		})
	}
}
