package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// collector is an OpenTelemetry Collector, which writes what it receives into files.
type collector struct {
	t          *testing.T
	cmd        *exec.Cmd
	folder     string
	grpc, http string // addresses
}

const collectorConfiguration = `receivers:
  otlp:
    protocols:
      grpc: {endpoint: %[2]q}
      http: {endpoint: %[3]q}
exporters:
  file/traces: {path: %[1]s/traces.json}
  file/metrics: {path: %[1]s/metrics.json}
  file/logs: {path: %[1]s/logs.json}
service:
  telemetry: {metrics: {level: none}}
  pipelines:
    traces: {receivers: [otlp], exporters: [file/traces]}
    metrics: {receivers: [otlp], exporters: [file/metrics]}
    logs: {receivers: [otlp], exporters: [file/logs]}
`

// startCollector starts the Collector that COLLECTOR names: make collector-test builds one, which takes minutes.
func startCollector(t *testing.T) *collector {
	t.Helper()
	program := os.Getenv("COLLECTOR")
	if program == "" {
		t.Skip("COLLECTOR names no Collector: make collector-test")
	}
	c := &collector{t: t, folder: t.TempDir(), grpc: freeAddress(t), http: freeAddress(t)}
	file := write(t, "collector.yaml", fmt.Sprintf(collectorConfiguration, c.folder, c.grpc, c.http))
	c.cmd = exec.Command(program, "--config", "file:"+file)
	c.cmd.Stderr = t.Output()
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.stop)
	for deadline := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		if probe, err := net.Dial("tcp", c.http); err == nil {
			probe.Close()
			return c
		}
		if time.Now().After(deadline) {
			t.Fatal("the Collector does not listen")
		}
	}
}

func freeAddress(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// stop has everything written.
func (c *collector) stop() {
	if c.cmd == nil {
		return
	}
	c.cmd.Process.Signal(syscall.SIGTERM)
	if err := c.cmd.Wait(); err != nil {
		c.t.Errorf("the Collector: %v", err)
	}
	c.cmd = nil
}

// written decodes the lines of a file.
func written[T any](c *collector, name string) (all []T) {
	f, err := os.Open(filepath.Join(c.folder, name))
	if err != nil {
		c.t.Fatal(err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for lines.Buffer(nil, 16<<20); lines.Scan(); {
		var one T
		if err := json.Unmarshal(lines.Bytes(), &one); err != nil {
			c.t.Fatal(err)
		}
		all = append(all, one)
	}
	return all
}

// The forms of OTLP in JSON, as far as they are looked at.
type (
	otlpAttributes []struct {
		Key   string
		Value map[string]any // one entry: its type, and the value
	}
	otlpSpan struct {
		TraceID, SpanID, ParentSpanID, Name string
		Kind                                int
		Attributes                          otlpAttributes
		Events                              []struct {
			Name       string
			Attributes otlpAttributes
		}
		Links []struct {
			TraceID, SpanID string
			Attributes      otlpAttributes
		}
		Status struct{ Code int }
	}
	otlpTraces struct {
		ResourceSpans []struct {
			Resource   struct{ Attributes otlpAttributes }
			ScopeSpans []struct{ Spans []otlpSpan }
		}
	}
	otlpPoints struct {
		DataPoints []struct {
			Attributes otlpAttributes
			Exemplars  []struct{ TraceID string }
		}
	}
	otlpMetrics struct {
		ResourceMetrics []struct {
			ScopeMetrics []struct {
				Metrics []struct {
					Name, Unit            string
					Sum, Gauge, Histogram *otlpPoints
				}
			}
		}
	}
)

type otlpLogs struct {
	ResourceLogs []struct {
		ScopeLogs []struct {
			LogRecords []struct {
				TraceID, SeverityText string
				Body                  map[string]any
			}
		}
	}
}

func (a otlpAttributes) texts() map[string]string {
	all := map[string]string{}
	for _, one := range a {
		for _, v := range one.Value {
			all[one.Key] = fmt.Sprint(v)
		}
	}
	return all
}

// spans returns what has come, by name and kind ("GET 2"; of several the last).
func (c *collector) spans() (all map[string]otlpSpan, resource map[string]string) {
	all = map[string]otlpSpan{}
	for _, line := range written[otlpTraces](c, "traces.json") {
		for _, r := range line.ResourceSpans {
			resource = r.Resource.Attributes.texts()
			for _, scope := range r.ScopeSpans {
				for _, s := range scope.Spans {
					all[fmt.Sprintf("%s %d", s.Name, s.Kind)] = s
				}
			}
		}
	}
	return all, resource
}

const collectedScript = `
local asked = core.meter.counter("script.asked", {unit = "{request}"})
core.register_action("ask", {"http-req"}, function(txn)
  local span = core.tracer.start("look up", {["user.id"] = "u1"})
  asked:add(1, {to = "origin"})
  txn:set_var("txn.status", core.httpclient():post({url = txn.f:hdr("x-origin"), body = "?"}).status)
  core.Warning("looked up")
  span:finish()
  core.register_task(function() core.shared.set("done", true) end)
  core.shared.wait("done", nil)
end)
`

// TestCollector sends a trace, metrics and logs to a real Collector over both of OTLP's protocols, and reads what it wrote.
func TestCollector(t *testing.T) {
	for _, protocol := range []string{"grpc", "http/protobuf"} {
		t.Run(strings.ReplaceAll(protocol, "/", " "), func(t *testing.T) { testCollector(t, protocol) })
	}
}

func testCollector(t *testing.T, protocol string) {
	c := startCollector(t)
	endpoint := c.grpc
	if protocol != "grpc" {
		endpoint = c.http
	}
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://"+endpoint)
	t.Setenv("OTEL_EXPORTER_OTLP_PROTOCOL", protocol)
	t.Setenv("OTEL_SERVICE_NAME", "shop-edge")
	origin := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == "POST" {
			w.WriteHeader(http.StatusTeapot)
		}
	}))
	t.Cleanup(origin.Close)
	folder := layout(t, map[string]string{"s.lua": collectedScript})
	s := serve(t, folder, t.TempDir(), fmt.Sprintf(`global
  lua-load %[1]s/s.lua
defaults
  mode http
  timeout client 10s
  timeout server 10s
  timeout connect 1s
frontend www
  bind unix@%[1]s/www
  http-request lua.ask
  default_backend origin
backend origin
  server one %[2]s
`, folder, origin.Listener.Addr()))
	request, _ := http.NewRequest("GET", "http://shop.example/cart?a=b", nil)
	request.Header.Set("X-Origin", origin.URL)
	response, err := s.client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	s.stop()
	c.stop()
	collectedSpans(t, c, origin.Listener.Addr().String())
	collectedMetrics(t, c)
	collectedLogs(t, c)
}

// collectedSpans checks the tree of one request, and each attribute that the semantic conventions require.
func collectedSpans(t *testing.T, c *collector, origin string) {
	spans, resource := c.spans()
	expect(t, "service.name", resource["service.name"], "shop-edge")
	address, port, _ := net.SplitHostPort(origin)
	tree := []struct {
		name, parent string
		attributes   map[string]string
	}{
		{"GET 2", "", map[string]string{
			"http.request.method": "GET", "url.path": "/cart", "url.query": "a=b", "url.scheme": "http", "http.response.status_code": "200",
			"server.address": "shop.example", "network.protocol.version": "1.1", "user_agent.original": "Go-http-client/1.1",
		}},
		{"lua action ask 1", "GET 2", map[string]string{
			"tidelock.registration.kind": "action", "tidelock.registration.name": "ask", "tidelock.outcome": "ok", "tidelock.waits": "2",
		}},
		{"look up 1", "lua action ask 1", map[string]string{"user.id": "u1"}},
		{"POST 3", "lua action ask 1", map[string]string{
			"http.request.method": "POST", "url.full": "http://" + origin, "server.address": address, "server.port": port,
			"http.response.status_code": "418", "error.type": "418",
		}},
		{"GET 3", "GET 2", map[string]string{
			"http.request.method": "GET", "url.full": "http://" + origin + "/cart?a=b", "server.address": address, "server.port": port,
			"http.response.status_code": "200",
		}},
	}
	for _, want := range tree {
		got, ok := spans[want.name]
		if !ok {
			t.Errorf("no span %q", want.name)
			continue
		}
		if got.TraceID != spans["GET 2"].TraceID || got.ParentSpanID != spans[want.parent].SpanID {
			t.Errorf("span %q: not below %q", want.name, want.parent)
		}
		attributes := got.Attributes.texts()
		for name, value := range want.attributes {
			expect(t, want.name+": "+name, attributes[name], value)
		}
	}
	task, action := spans["lua task s.lua:9 1"], spans["lua action ask 1"]
	if task.ParentSpanID != "" || len(task.Links) != 1 || task.Links[0].TraceID != action.TraceID || task.Links[0].SpanID != action.SpanID {
		t.Errorf("the task does not link to what registered it: %+v", task)
	} else {
		expect(t, "cause of the task", task.Links[0].Attributes.texts()["tidelock.cause"], "registration")
	}
	for name := range resource {
		if conventions(t)[name] == "" {
			t.Errorf("the resource has %s, which no convention knows", name)
		}
	}
}

// collectedMetrics checks that the instruments are there, with a trace as exemplar where a duration is measured.
func collectedMetrics(t *testing.T, c *collector) {
	units, exemplars := map[string]string{}, map[string]bool{}
	for _, line := range written[otlpMetrics](c, "metrics.json") {
		for _, r := range line.ResourceMetrics {
			for _, scope := range r.ScopeMetrics {
				for _, m := range scope.Metrics {
					units[m.Name] = m.Unit
					for _, points := range []*otlpPoints{m.Sum, m.Histogram} {
						for i := 0; points != nil && i < len(points.DataPoints); i++ {
							exemplars[m.Name] = exemplars[m.Name] || len(points.DataPoints[i].Exemplars) > 0
						}
					}
				}
			}
		}
	}
	for name, unit := range map[string]string{
		"http.server.request.duration": "s", "http.client.request.duration": "s", "http.server.active_requests": "{request}",
		"tidelock.execution.duration": "s", "tidelock.execution.fuel": "{tick}", "script.asked": "{request}",
	} {
		if got, ok := units[name]; !ok || got != unit {
			t.Errorf("%s: unit %q, want %q", name, got, unit)
		}
	}
	for _, name := range []string{"http.server.request.duration", "tidelock.execution.duration", "script.asked"} {
		if !exemplars[name] {
			t.Errorf("%s leads to no trace", name)
		}
	}
}

// collectedLogs checks that what a script logged leads to its trace.
func collectedLogs(t *testing.T, c *collector) {
	spans, _ := c.spans()
	for _, line := range written[otlpLogs](c, "logs.json") {
		for _, r := range line.ResourceLogs {
			for _, scope := range r.ScopeLogs {
				for _, record := range scope.LogRecords {
					if text := fmt.Sprint(record.Body["stringValue"]); strings.Contains(text, "looked up") {
						expect(t, "trace of the script's line", record.TraceID, spans["GET 2"].TraceID)
						return
					}
				}
			}
		}
	}
	t.Error("what the script logged did not arrive")
}
