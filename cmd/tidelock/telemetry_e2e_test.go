package main

import (
	"encoding/hex"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	trace "go.opentelemetry.io/proto/otlp/trace/v1"

	"tidelock/cmd/tidelock/telemetry/otlptest"
)

// observed has telemetry sent to a receiver in this process, over HTTP.
func observed(t *testing.T) *otlptest.Receiver {
	t.Helper()
	r, err := otlptest.StartHTTP("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", r.URL)
	t.Setenv("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf")
	return r
}

// hearing is a server that hands over the headers of each request.
func hearing(t *testing.T) (*httptest.Server, <-chan http.Header) {
	headers := make(chan http.Header, 8) // more than a test sends
	origin := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { headers <- r.Header.Clone() }))
	t.Cleanup(origin.Close)
	return origin, headers
}

// send sends a request with headers of a trace. The response, whose body nobody reads, has to be a good one.
func (s *served) send(url string, headers map[string]string) *http.Response {
	s.t.Helper()
	request, _ := http.NewRequest("GET", url, nil)
	for name, value := range headers {
		request.Header.Set(name, value)
	}
	response, err := s.client.Do(request)
	if err != nil {
		s.t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != http.StatusOK {
		s.t.Fatal(response.Status)
	}
	return response
}

// spanNamed returns the only span of a name.
func spanNamed(t *testing.T, spans []*trace.Span, name string, kind trace.Span_SpanKind) *trace.Span {
	t.Helper()
	var found *trace.Span
	var names []string
	for _, s := range spans {
		names = append(names, s.Kind.String()+" "+s.Name)
		if s.Name == name && s.Kind == kind {
			if found != nil {
				t.Errorf("several spans %s", name)
			}
			found = s
		}
	}
	if found == nil {
		t.Fatalf("no span %s %s among %q", kind, name, names)
	}
	return found
}

const tracedScript = `
core.register_action("slow", {"http-req"}, function(txn)
  core.msleep(20)
  core.Info("slept")
  txn:set_var("txn.seen", txn:get_var("txn.traceparent"))
end)
core.register_fetches("broken", function(txn)
  error("no good")
end)
`

func tracedConfiguration(folder, server string) string {
	return fmt.Sprintf(`global
  lua-load %[1]s/s.lua
defaults
  mode http
  timeout client 10s
  timeout server 10s
  timeout connect 1s
  retries 1
frontend www
  bind unix@%[1]s/www
  http-request lua.slow if { path /slow }
  http-request set-header x-broken %%[lua.broken] if { path /broken }
  http-response set-header x-seen %%[var(txn.seen)] if { var(txn.seen) -m found }
  default_backend origin
backend origin
  server one %[2]s
`, folder, server)
}

// A trace that a client has begun goes on through the proxy, the scripts and the server.
func TestTelemetry_Trace(t *testing.T) {
	receiver := observed(t)
	origin, headers := hearing(t)
	folder := layout(t, map[string]string{"s.lua": tracedScript})
	s := serve(t, folder, t.TempDir(), tracedConfiguration(folder, origin.Listener.Addr().String()))
	response := s.send("http://shop.example:8080/slow?sig=secret&a=b", map[string]string{
		"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "baggage": "tenant=blue", "User-Agent": "caf\xe9",
	})
	seen := <-headers
	s.stop()

	server := spanNamed(t, receiver.Spans(), "GET", trace.Span_SPAN_KIND_SERVER)
	if id, parent := hex.EncodeToString(server.TraceId), hex.EncodeToString(server.ParentSpanId); id != "0af7651916cd43dd8448eb211c80319c" || parent != "b7ad6b7169203331" {
		t.Errorf("trace %s, parent %s", id, parent)
	}
	expectAttributes(t, server, map[string]string{
		"http.request.method": "GET", "http.response.status_code": "200", "url.scheme": "http", "url.path": "/slow", "url.query": "sig=REDACTED&a=b",
		"server.address": "shop.example", "server.port": "8080", "network.protocol.name": "http", "network.protocol.version": "1.1",
		"user_agent.original": "caf\uFFFD", "tidelock.frontend": "www", "tidelock.backend": "origin", "tidelock.server": "one", "tidelock.termination": "--",
	})
	client := spanNamed(t, receiver.Spans(), "GET", trace.Span_SPAN_KIND_CLIENT)
	address, port, _ := net.SplitHostPort(origin.Listener.Addr().String())
	expectAttributes(t, client, map[string]string{
		"http.request.method": "GET", "http.response.status_code": "200", "server.address": address, "server.port": port,
		"url.full": "http://" + address + ":" + port + "/slow?sig=REDACTED&a=b", "tidelock.server": "one", "tidelock.connection.reused": "false",
	})
	execution := spanNamed(t, receiver.Spans(), "lua action slow", trace.Span_SPAN_KIND_INTERNAL)
	for name, child := range map[string]*trace.Span{"client": client, "execution": execution} {
		if string(child.ParentSpanId) != string(server.SpanId) || string(child.TraceId) != string(server.TraceId) {
			t.Errorf("the %s's span is no child of the server's", name)
		}
	}
	expectAttributes(t, execution, map[string]string{
		"tidelock.registration.kind": "action", "tidelock.registration.name": "slow", "tidelock.outcome": "ok", "tidelock.waits": "1",
		"code.line.number": "2", "tidelock.isolation": "auto",
	})
	spoken := false
	for _, record := range receiver.Logs() {
		if record.Body.GetStringValue() == "slept" {
			spoken = string(record.TraceId) == string(server.TraceId) && string(record.SpanId) == string(execution.SpanId)
		}
	}
	if !spoken {
		t.Errorf("what the script logged is not recorded with its trace: %v", receiver.Logs())
	}
	var events []string
	for _, e := range execution.Events {
		events = append(events, e.Name+" "+otlptest.Attributes(e.Attributes)["tidelock.function"])
	}
	expect(t, "events", strings.Join(events, ", "), "wait sleep, resume sleep")
	traceparent := fmt.Sprintf("00-%x-%x-01", server.TraceId, client.SpanId)
	expect(t, "header at the server", seen.Get("traceparent"), traceparent)
	expect(t, "baggage at the server", seen.Get("baggage"), "tenant=blue")
	expect(t, "variable in a script", response.Header.Get("x-seen"), fmt.Sprintf("00-%x-%x-01", server.TraceId, server.SpanId))
}

func expectAttributes(t *testing.T, span *trace.Span, want map[string]string) {
	t.Helper()
	got := otlptest.Attributes(span.Attributes)
	for name, value := range want {
		if got[name] != value {
			t.Errorf("span %s: %s = %q, want %q", span.Name, name, got[name], value)
		}
	}
}

// What sampling leaves out is traced all the same when a script fails, with the identifiers that others were told.
func TestTelemetry_Kept(t *testing.T) {
	receiver := observed(t)
	t.Setenv("OTEL_TRACES_SAMPLER", "always_off")
	origin, headers := hearing(t)
	folder := layout(t, map[string]string{"s.lua": tracedScript})
	s := serve(t, folder, t.TempDir(), tracedConfiguration(folder, origin.Listener.Addr().String()))
	s.get("/fine")
	<-headers
	s.get("/broken")
	seen := <-headers
	s.stop()
	if n := len(receiver.Spans()); n != 3 {
		t.Errorf("%d spans, want 3", n)
	}
	server := spanNamed(t, receiver.Spans(), "GET", trace.Span_SPAN_KIND_SERVER)
	attempt := spanNamed(t, receiver.Spans(), "GET", trace.Span_SPAN_KIND_CLIENT)
	execution := spanNamed(t, receiver.Spans(), "lua fetch broken", trace.Span_SPAN_KIND_INTERNAL)
	if string(execution.ParentSpanId) != string(server.SpanId) || string(attempt.ParentSpanId) != string(server.SpanId) {
		t.Error("the spans of the execution and of the attempt are no children of the server's")
	}
	expectAttributes(t, server, map[string]string{"url.path": "/broken"})
	expectAttributes(t, attempt, map[string]string{"tidelock.connection.reused": "true"})
	expectAttributes(t, execution, map[string]string{"tidelock.outcome": "error", "error.type": "error"})
	exception := otlptest.Attributes(execution.Events[0].Attributes)
	if !strings.Contains(exception["exception.message"], "no good") || !strings.Contains(exception["exception.stacktrace"], "s.lua:7") {
		t.Errorf("exception = %q", exception)
	}
	expect(t, "header at the server", seen.Get("traceparent"), fmt.Sprintf("00-%x-%x-00", server.TraceId, attempt.SpanId))
}

// Lines of the process's own log lead to the trace that they belong to: what a script says, and that one failed.
func TestTelemetry_ProcessLog(t *testing.T) {
	for format, pattern := range map[string]string{
		"text": `msg="?(slept|Lua sample-fetch).* trace_id=([0-9a-f]{32}) span_id=([0-9a-f]{16})$`,
		"json": `"msg":"(slept|Lua sample-fetch).*"trace_id":"([0-9a-f]{32})","span_id":"([0-9a-f]{16})"}$`,
	} {
		t.Run(format, func(t *testing.T) {
			receiver := observed(t)
			origin, headers := hearing(t)
			folder := layout(t, map[string]string{"s.lua": tracedScript})
			s := serve(t, folder, t.TempDir(), tracedConfiguration(folder, origin.Listener.Addr().String()), "--log-format", format)
			s.get("/slow")
			<-headers
			s.get("/broken")
			<-headers
			s.stop()
			spans := map[string]string{"slept": "lua action slow", "Lua sample-fetch": "lua fetch broken"}
			for _, line := range regexp.MustCompile("(?m)"+pattern).FindAllStringSubmatch(s.log.text(), -1) {
				span := spanNamed(t, receiver.Spans(), spans[line[1]], trace.Span_SPAN_KIND_INTERNAL)
				expect(t, line[1], line[2]+" "+line[3], fmt.Sprintf("%x %x", span.TraceId, span.SpanId))
				recorded := false
				for _, r := range receiver.Logs() {
					recorded = recorded || strings.HasPrefix(r.Body.GetStringValue(), line[1]) && string(r.SpanId) == string(span.SpanId)
				}
				if !recorded {
					t.Errorf("%s: not sent with its trace", line[1])
				}
				delete(spans, line[1])
			}
			if len(spans) > 0 {
				t.Errorf("lines without a trace: %v", spans)
			}
		})
	}
}

// Metrics of exchanges, scripts and their instances, over gRPC as settings say, with exemplars that lead to traces.
func TestTelemetry_Metrics(t *testing.T) {
	receiver, err := otlptest.StartGRPC("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(receiver.Close)
	t.Setenv("OTEL_METRIC_EXPORT_INTERVAL", "100")
	origin := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(origin.Close)
	folder := layout(t, map[string]string{"s.lua": tracedScript})
	s := serve(t, folder, t.TempDir(), tracedConfiguration(folder, origin.Listener.Addr().String()),
		"--telemetry-endpoint", receiver.URL, "--telemetry-protocol", "grpc", "--telemetry-resource", "deployment=test")
	s.get("/slow")
	s.get("/broken")
	for deadline := time.Now().Add(patience); !measured(receiver, "tidelock.instances.clones"); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("instances are not measured")
		}
	}
	s.stop()

	for _, test := range []struct {
		metric     string
		count      uint64
		attributes map[string]string
	}{
		{"http.server.request.duration", 2, map[string]string{"http.request.method": "GET", "http.response.status_code": "404", "url.scheme": "http",
			"network.protocol.name": "http", "network.protocol.version": "1.1", "tidelock.frontend": "www", "error.type": ""}},
		{"http.client.request.duration", 2, map[string]string{"http.request.method": "GET", "http.response.status_code": "404", "error.type": "404",
			"server.address": "127.0.0.1", "tidelock.backend": "origin", "tidelock.server": "one"}},
		{"tidelock.execution.duration", 1, map[string]string{"tidelock.registration.kind": "action", "tidelock.registration.name": "slow", "tidelock.outcome": "ok"}},
		{"tidelock.execution.duration", 1, map[string]string{"tidelock.registration.kind": "fetch", "tidelock.registration.name": "broken", "tidelock.outcome": "error"}},
		{"tidelock.execution.waited", 1, map[string]string{"tidelock.registration.name": "slow"}},
		{"tidelock.execution.fuel", 1, map[string]string{"tidelock.registration.name": "slow"}},
		{"tidelock.execution.processor_time", 1, map[string]string{"tidelock.registration.name": "slow"}},
		{"tidelock.execution.memory", 1, map[string]string{"tidelock.registration.name": "slow"}},
	} {
		t.Run(test.metric, func(t *testing.T) {
			for _, m := range slices.Backward(receiver.Metrics()) { // the last one has everything
				if m.Name != test.metric {
					continue
				}
				for _, point := range m.GetHistogram().GetDataPoints() {
					if got := otlptest.Attributes(point.Attributes); includes(got, test.attributes) {
						if point.Count != test.count || len(point.Exemplars) == 0 || len(point.Exemplars[0].TraceId) == 0 {
							t.Errorf("%d values, exemplars %v; want %d values and an exemplar with its trace", point.Count, point.Exemplars, test.count)
						}
						return
					}
				}
			}
			t.Errorf("not measured with %q", test.attributes)
		})
	}
}

// measured reports whether a sum has come that is above 0.
func measured(r *otlptest.Receiver, name string) bool {
	for _, m := range r.Metrics() {
		for _, point := range m.GetSum().GetDataPoints() {
			if m.Name == name && point.GetAsInt() > 0 {
				return true
			}
		}
	}
	return false
}

// includes reports whether all of want is in got; what has to be missing is wanted as empty.
func includes(got, want map[string]string) bool {
	for name, value := range want {
		if got[name] != value {
			return false
		}
	}
	return true
}

// Each attempt to reach a server has a span of its own, and the trace goes on in the headers that the client chose (B3 here).
func TestTelemetry_Attempts(t *testing.T) {
	receiver := observed(t)
	t.Setenv("OTEL_PROPAGATORS", "b3multi")
	origin, headers := hearing(t)
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	folder := layout(t, nil)
	s := serve(t, folder, t.TempDir(), fmt.Sprintf(`defaults
  mode http
  timeout client 10s
  timeout server 10s
  timeout connect 1s
  retries 2
  option redispatch 1
frontend www
  bind unix@%s/www
  default_backend origin
backend origin
  balance first
  server away %s
  server here %s
`, folder, closed.Addr(), origin.Listener.Addr()))
	s.send("http://shop.example/", map[string]string{
		"X-B3-TraceId": "0af7651916cd43dd8448eb211c80319c", "X-B3-SpanId": "b7ad6b7169203331", "X-B3-Sampled": "1",
	})
	seen := <-headers
	s.stop()

	server := spanNamed(t, receiver.Spans(), "GET", trace.Span_SPAN_KIND_SERVER)
	expect(t, "trace", hex.EncodeToString(server.TraceId), "0af7651916cd43dd8448eb211c80319c")
	expectAttributes(t, server, map[string]string{"tidelock.server": "here", "tidelock.retries": "1", "error.type": ""})
	attempts := map[string]*trace.Span{}
	for _, span := range receiver.Spans() {
		if span.Kind == trace.Span_SPAN_KIND_CLIENT {
			attempts[otlptest.Attributes(span.Attributes)["tidelock.server"]] = span
		}
	}
	if len(attempts) != 2 {
		t.Fatalf("attempts at %d servers, want 2", len(attempts))
	}
	expectAttributes(t, attempts["away"], map[string]string{"error.type": "connect", "http.request.resend_count": "", "http.response.status_code": ""})
	expectAttributes(t, attempts["here"], map[string]string{"error.type": "", "http.request.resend_count": "1", "http.response.status_code": "200", "tidelock.redispatched": "true"})
	expect(t, "trace at the server", seen.Get("X-B3-TraceId"), "0af7651916cd43dd8448eb211c80319c")
	expect(t, "span at the server", seen.Get("X-B3-SpanId"), hex.EncodeToString(attempts["here"].SpanId))
}
