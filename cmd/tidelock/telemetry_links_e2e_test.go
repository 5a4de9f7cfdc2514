package main

import (
	"fmt"
	"net"
	"strings"
	"testing"

	trace "go.opentelemetry.io/proto/otlp/trace/v1"

	"tidelock/cmd/tidelock/telemetry/otlptest"
)

// expectLink wants a root whose only link leads to a span of another trace.
func expectLink(t *testing.T, what string, span, to *trace.Span, cause string) {
	t.Helper()
	if len(span.ParentSpanId) != 0 || string(span.TraceId) == string(to.TraceId) {
		t.Errorf("%s: no trace of its own", what)
	}
	if len(span.Links) != 1 {
		t.Fatalf("%s: links %v", what, span.Links)
	}
	l := span.Links[0]
	if string(l.TraceId) != string(to.TraceId) || string(l.SpanId) != string(to.SpanId) {
		t.Errorf("%s: does not link to %q", what, to.Name)
	}
	expect(t, what+": cause", otlptest.Attributes(l.Attributes)["tidelock.cause"], cause)
}

// A check that finds the last server down is what the event's execution, and requests that get no server, link to: whatever
// sampling says.
func TestTelemetry_Checks(t *testing.T) {
	for _, sampler := range []string{"always_on", "always_off"} {
		t.Run(sampler, func(t *testing.T) {
			receiver := observed(t)
			t.Setenv("OTEL_TRACES_SAMPLER", sampler)
			closed, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			closed.Close()
			folder := layout(t, map[string]string{"s.lua": `
core.event_sub({"SERVER_DOWN"}, function() core.Info("seen down") error("alarm") end)`})
			s := serve(t, folder, t.TempDir(), fmt.Sprintf(`global
  lua-load %[1]s/s.lua
defaults
  mode http
  timeout client 10s
  timeout server 10s
  timeout connect 1s
frontend www
  bind unix@%[1]s/www
  default_backend origin
backend origin
  server one %[2]s check inter 1h fall 1
`, folder, closed.Addr()))
			s.await("seen down")
			expect(t, "answer", s.get("/")[:3], "503")
			s.stop()

			check := spanNamed(t, receiver.Spans(), "health check", trace.Span_SPAN_KIND_CLIENT)
			address, port, _ := net.SplitHostPort(closed.Addr().String())
			expectAttributes(t, check, map[string]string{
				"tidelock.backend": "origin", "tidelock.server": "one", "server.address": address, "server.port": port,
				"tidelock.check.status": "L4CON", "tidelock.check.info": "Connection refused", "error.type": "L4CON",
			})
			if len(check.ParentSpanId) != 0 || check.Status.GetCode() != trace.Status_STATUS_CODE_ERROR {
				t.Errorf("parent %x, status %v", check.ParentSpanId, check.Status)
			}
			told := ""
			for _, record := range receiver.Logs() {
				if text := record.Body.GetStringValue(); string(record.SpanId) == string(check.SpanId) {
					told += record.SeverityText + " " + strings.SplitAfter(text, "DOWN")[0] + "\n"
				}
			}
			expect(t, "logged", told, "ERROR Server origin/one is DOWN\nERROR backend origin has no server available!\n")
			expectLink(t, "request", spanNamed(t, receiver.Spans(), "GET", trace.Span_SPAN_KIND_SERVER), check, "check")
			expectLink(t, "event", spanNamed(t, receiver.Spans(), "lua event s.lua:2", trace.Span_SPAN_KIND_INTERNAL), check, "check")
		})
	}
}

// A task has a trace of its own, which leads to the execution that has registered it, or woken it by a queue. So has the span
// that it opens next.
func TestTelemetry_Tasks(t *testing.T) {
	receiver := observed(t)
	folder := layout(t, map[string]string{"s.lua": `
local jobs = core.queue()
core.register_task(function()
  core.shared.set("waiting", true)
  local job = jobs:pop_wait()
  core.tracer.start("job"):finish()
  core.tracer.start("another"):finish()
  core.shared.set("done", job)
end)
core.register_action("work", {"http-req"}, function(txn)
  core.shared.wait("waiting", nil)
  jobs:push("a job")
  core.shared.wait("done", nil)
  core.register_task(function() core.shared.set("late", true) end)
  core.shared.wait("late", nil)
end)`})
	s := serve(t, folder, t.TempDir(), fmt.Sprintf(`global
  lua-load %[1]s/s.lua
frontend www
  mode http
  timeout client 10s
  bind unix@%[1]s/www
  http-request lua.work
  http-request return status 204
`, folder))
	expect(t, "answer", s.get("/"), "204 ")
	s.stop()

	action := spanNamed(t, receiver.Spans(), "lua action work", trace.Span_SPAN_KIND_INTERNAL)
	expectLink(t, "woken", spanNamed(t, receiver.Spans(), "lua task s.lua:3", trace.Span_SPAN_KIND_INTERNAL), action, "queue")
	expectLink(t, "registered", spanNamed(t, receiver.Spans(), "lua task s.lua:14", trace.Span_SPAN_KIND_INTERNAL), action, "registration")
	job := spanNamed(t, receiver.Spans(), "job", trace.Span_SPAN_KIND_INTERNAL)
	if len(job.Links) != 1 || string(job.Links[0].SpanId) != string(action.SpanId) {
		t.Errorf("the job does not link to what asked for it: %v", job.Links)
	}
	if later := spanNamed(t, receiver.Spans(), "another", trace.Span_SPAN_KIND_INTERNAL); len(later.Links) > 0 {
		t.Errorf("links twice: %v", later.Links)
	}
}
