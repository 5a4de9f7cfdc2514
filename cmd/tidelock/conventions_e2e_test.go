package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/otel/semconv/v1.43.0/httpconv"
	common "go.opentelemetry.io/proto/otlp/common/v1"
	metrics "go.opentelemetry.io/proto/otlp/metrics/v1"
	trace "go.opentelemetry.io/proto/otlp/trace/v1"

	"tidelock/cmd/tidelock/telemetry/otlptest"
)

// spanConventions are the attributes that conventions want of spans. Those that are conditional are wanted where the traffic
// of this test has them.
var spanConventions = []struct {
	name, span  string // how it is found: its name, and an attribute that only it has
	with        string
	kind        trace.Span_SpanKind
	required    []string
	conditional []string
	recommended []string
}{
	{"HTTP server", "POST", "url.path=/ask", trace.Span_SPAN_KIND_SERVER,
		[]string{"http.request.method", "url.path", "url.scheme"},
		[]string{"http.response.status_code", "server.port", "url.query"},
		[]string{"client.address", "client.port", "network.peer.address", "network.peer.port", "network.protocol.version", "server.address", "user_agent.original"}},
	{"HTTP server, unknown method", "HTTP", "url.path=/odd", trace.Span_SPAN_KIND_SERVER,
		[]string{"http.request.method", "url.path", "url.scheme"}, []string{"http.request.method_original", "http.response.status_code"}, nil},
	{"HTTP server, error", "GET", "url.path=/nobody", trace.Span_SPAN_KIND_SERVER,
		[]string{"http.request.method", "url.path", "url.scheme"}, []string{"error.type", "http.response.status_code"}, nil},
	{"HTTP client", "POST", "tidelock.server=one", trace.Span_SPAN_KIND_CLIENT,
		[]string{"http.request.method", "server.address", "server.port", "url.full"}, []string{"http.response.status_code", "error.type"},
		[]string{"network.peer.address", "network.peer.port", "network.protocol.version"}},
	{"HTTP client, connection refused", "GET", "tidelock.server=away", trace.Span_SPAN_KIND_CLIENT,
		[]string{"http.request.method", "server.address", "server.port", "url.full"}, []string{"error.type"}, nil},
	{"HTTP client, sent again", "GET", "http.request.resend_count=1", trace.Span_SPAN_KIND_CLIENT,
		[]string{"http.request.method", "server.address", "server.port", "url.full"}, []string{"error.type"}, nil},
	{"HTTP client of a script", "PUT", "url.scheme=http", trace.Span_SPAN_KIND_CLIENT,
		[]string{"http.request.method", "server.address", "server.port", "url.full"}, []string{"http.response.status_code"}, nil},
	{"socket of a script", "socket", "network.transport=tcp", trace.Span_SPAN_KIND_CLIENT,
		[]string{"server.address", "server.port"}, nil, []string{"network.peer.address", "network.peer.port", "network.transport"}},
	{"connection", "TCP", "tidelock.frontend=raw", trace.Span_SPAN_KIND_SERVER,
		[]string{"server.address", "server.port"}, nil, []string{"client.address", "network.peer.address", "network.transport"}},
	{"execution", "lua action ask", "tidelock.outcome=ok", trace.Span_SPAN_KIND_INTERNAL, nil, nil, []string{"code.file.path", "code.line.number"}},
}

const conventionalScript = `
core.register_action("ask", {"http-req"}, function(txn)
  local origin = txn.sf:req_hdr("x-origin")
  core.httpclient():put({url = "http://u:p@" .. origin .. "/p?sig=hush", body = "?"})
  local host, port = origin:match("(.*):(.*)")
  local socket = core.tcp()
  socket:connect(host, tonumber(port))
  socket:close()
  local span = core.tracer.start("own")
  span:record_error("no good")
  span:finish()
end)
core.register_task(function() error("dead") end)
`

const conventionalConfiguration = `global
  lua-load %[1]s/s.lua
defaults
  mode http
  timeout client 10s
  timeout server 10s
  timeout connect 1s
frontend www
  bind unix@%[1]s/www
  bind %[4]s
  http-request lua.ask if { path /ask }
  use_backend nobody if { path /nobody }
  default_backend origin
backend origin
  server one %[2]s check inter 1h agent-check agent-inter 1h agent-port 1
backend nobody
  option redispatch 1
  retries 1
  server away %[3]s
frontend raw
  mode tcp
  bind %[5]s
  default_backend carried
backend carried
  mode tcp
  server one %[2]s
`

// TestConventions has spans and metrics of all kinds sent, and holds each attribute against the semantic conventions: one
// that they define has their type, one that they do not begins with our name and is documented, and what they require is
// there.
func TestConventions(t *testing.T) {
	receiver := observed(t)
	t.Setenv("OTEL_METRIC_EXPORT_INTERVAL", "100")
	origin := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == "POST" {
			w.WriteHeader(http.StatusTeapot)
		}
	}))
	t.Cleanup(origin.Close)
	folder := layout(t, map[string]string{"s.lua": conventionalScript})
	www, raw, address := freeAddress(t), freeAddress(t), origin.Listener.Addr().String()
	s := serve(t, folder, t.TempDir(), fmt.Sprintf(conventionalConfiguration, folder, address, freeAddress(t), www, raw))
	for _, request := range [][3]string{
		{"POST", www, "/ask?a=b"}, {"GET", www, "/nobody"}, {"ODD", www, "/odd"}, {"GET", raw, "/"}, {"GET", www, "/again"}, {"GET", www, "/again"},
	} {
		r, _ := http.NewRequest(request[0], "http://"+request[1]+request[2], nil)
		r.Header.Set("X-Origin", address)
		client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
		if response, err := client.Do(r); err != nil {
			t.Error(err)
		} else {
			response.Body.Close()
		}
	}
	named := func(name string) func() bool {
		return func() bool {
			return slices.ContainsFunc(receiver.Spans(), func(s *trace.Span) bool { return s.Name == name })
		}
	}
	for _, name := range []string{"health check", "agent check", "lua task s.lua:13"} {
		eventually(t, name, named(name))
	}
	eventually(t, "instances", func() bool { return measured(receiver, "tidelock.instances.clones") })
	s.stop()

	defined := conventions(t)
	own, instruments := documented(t)
	known := func(where string, attributes []*common.KeyValue) {
		t.Helper()
		for _, a := range attributes {
			want, conventional := defined[a.Key]
			if !conventional && strings.HasPrefix(a.Key, "tidelock.") {
				want = own[a.Key]
			}
			got := typeOf(a.Value)
			if want == "Enum" {
				want = "string"
			}
			if got != want {
				t.Errorf("%s: %s is of type %s, want %q", where, a.Key, got, want)
			}
		}
	}
	for _, span := range receiver.Spans() {
		known(span.Name, span.Attributes)
		for _, e := range span.Events {
			known(span.Name+": "+e.Name, e.Attributes)
		}
		for _, l := range span.Links {
			known(span.Name+": link", l.Attributes)
		}
	}
	for name := range instruments {
		sent := slices.ContainsFunc(receiver.Metrics(), func(m *metrics.Metric) bool { return m.Name == name })
		if !sent && name != "tidelock.bundle.rolls" {
			t.Errorf("%s is documented, and not measured", name)
		}
	}
	conventionalSpans(t, receiver.Spans())
	for _, m := range receiver.Metrics() {
		kind, points := pointsOf(m)
		if got := kind + " " + m.Unit; got != instruments[m.Name] {
			t.Errorf("%s is a %s, documented as %q", m.Name, got, instruments[m.Name])
		}
		for _, attributes := range points {
			known(m.Name, attributes)
		}
	}
	conventionalMetrics(t, receiver.Metrics())
}

// eventually waits until something holds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !holds(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not there: %s", what)
		}
	}
}

func conventionalSpans(t *testing.T, spans []*trace.Span) {
	for _, want := range spanConventions {
		t.Run(want.name, func(t *testing.T) {
			key, value, _ := strings.Cut(want.with, "=")
			for _, span := range spans {
				attributes := otlptest.Attributes(span.Attributes)
				if span.Name != want.span || span.Kind != want.kind || attributes[key] != value {
					continue
				}
				for _, name := range slices.Concat(want.required, want.conditional, want.recommended) {
					if attributes[name] == "" {
						t.Errorf("no %s among %v", name, attributes)
					}
				}
				return
			}
			t.Error("there is no such span")
		})
	}
}

// pointsOf returns the kind of a metric's instrument and the attributes of its points.
func pointsOf(m *metrics.Metric) (kind string, points [][]*common.KeyValue) {
	kind = "histogram"
	for _, p := range m.GetHistogram().GetDataPoints() {
		points = append(points, p.Attributes)
	}
	if sum := m.GetSum(); sum != nil {
		kind = "up-down counter"
		if sum.IsMonotonic {
			kind = "counter"
		}
		for _, p := range sum.DataPoints {
			points = append(points, p.Attributes)
		}
	}
	return kind, points
}

// conventionalMetrics holds the metrics of HTTP against what conventions say of their instruments.
func conventionalMetrics(t *testing.T, sent []*metrics.Metric) {
	for _, want := range []struct {
		instrument interface{ Name() string }
		unit       string
		about      string
		required   []string
	}{
		{httpconv.ServerRequestDuration{}, httpconv.ServerRequestDuration{}.Unit(), httpconv.ServerRequestDuration{}.Description(),
			[]string{"http.request.method", "url.scheme", "http.response.status_code", "network.protocol.version"}},
		{httpconv.ClientRequestDuration{}, httpconv.ClientRequestDuration{}.Unit(), httpconv.ClientRequestDuration{}.Description(),
			[]string{"http.request.method", "server.address", "server.port", "network.protocol.version", "url.scheme"}},
		{httpconv.ServerActiveRequests{}, httpconv.ServerActiveRequests{}.Unit(), httpconv.ServerActiveRequests{}.Description(),
			[]string{"http.request.method", "url.scheme"}},
	} {
		t.Run(want.instrument.Name(), func(t *testing.T) {
			i := slices.IndexFunc(sent, func(m *metrics.Metric) bool { return m.Name == want.instrument.Name() })
			if i < 0 {
				t.Fatal("is not measured")
			}
			expect(t, "unit", sent[i].Unit, want.unit)
			expect(t, "description", sent[i].Description, want.about)
			_, points := pointsOf(sent[i])
			for _, p := range points {
				attributes := otlptest.Attributes(p)
				for _, name := range want.required {
					if attributes[name] == "" {
						t.Errorf("no %s among %v", name, attributes)
					}
				}
			}
		})
	}
}
