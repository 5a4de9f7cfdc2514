package luabridge

import (
	"bufio"
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"tidelock/host"
	"tidelock/proxy/httpclient"
)

// spanEach is an observer that starts a span for each execution.
type spanEach struct{ tracer trace.Tracer }

func (o spanEach) Started(ctx context.Context, x *host.Execution) (context.Context, host.Observation) {
	ctx, span := o.tracer.Start(ctx, "lua "+x.Registration().Name)
	return ctx, spanOf{span}
}

type spanOf struct{ trace.Span }

func (spanOf) Waiting(string)                 {}
func (spanOf) Resumed()                       {}
func (o spanOf) Ended(*host.Execution, error) { o.End() }

// traced returns a bridge whose executions have spans, and what records them.
func traced(t *testing.T, script string) (*Bridge, *tracetest.SpanRecorder) {
	spans := tracetest.NewSpanRecorder()
	provider := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(spans), sdktrace.WithSampler(sdktrace.AlwaysSample()))
	client := httpclient.New(httpclient.Config{})
	t.Cleanup(client.Close)
	b, _ := newBridge(t, script, func(c *Config) {
		c.Observer = spanEach{provider.Tracer("test")}
		c.Propagator = propagation.TraceContext{}
		c.HTTPClient = client
	})
	return b, spans
}

// ended returns a span that has ended, by its name.
func ended(t *testing.T, spans *tracetest.SpanRecorder, name string) sdktrace.ReadOnlySpan {
	t.Helper()
	for _, s := range spans.Ended() {
		if s.Name() == name {
			return s
		}
	}
	t.Fatalf("no span %q among %d", name, len(spans.Ended()))
	return nil
}

func TestTracer(t *testing.T) {
	b, spans := traced(t, `
core.register_fetches("work", function()
  local outer = core.tracer.start("outer", {user = "a", count = 2, share = 0.5, ok = true})
  outer:set_attribute("later", "b")
  outer:add_event("seen", {what = "x"})
  core.msleep(1)
  local inner = outer:start("inner")
  inner:record_error("it broke")
  inner:finish()
  inner:set_attribute("too", "late")
  local good = core.tracer.start("good")
  good:set_status("ok")
  assert(outer:traceparent():match("^00%-%x+%-%x+%-01$"))
  return core.tracer.traceparent()
end)`)
	got := fetched(t, b, newExchange(), "work")
	execution, outer, inner := ended(t, spans, "lua work"), ended(t, spans, "outer"), ended(t, spans, "inner")
	c := execution.SpanContext()
	if want := "str:00-" + c.TraceID().String() + "-" + c.SpanID().String() + "-01"; got != want {
		t.Errorf("traceparent %s, want %s", got, want)
	}
	if outer.Parent().SpanID() != c.SpanID() || inner.Parent().SpanID() != outer.SpanContext().SpanID() {
		t.Error("the spans are not below each other")
	}
	want := attribute.NewSet(attribute.String("user", "a"), attribute.Int("count", 2), attribute.Float64("share", .5), attribute.Bool("ok", true), attribute.String("later", "b"))
	if got := attribute.NewSet(outer.Attributes()...); !got.Equals(&want) {
		t.Errorf("attributes %v", outer.Attributes())
	}
	if events := outer.Events(); len(events) != 1 || events[0].Name != "seen" {
		t.Errorf("events %v", events)
	}
	if s := inner.Status(); s.Code != codes.Error || s.Description != "it broke" || len(inner.Events()) != 1 {
		t.Errorf("status %v, events %v", s, inner.Events())
	}
	if text := inner.Events()[0].Attributes[2].Value.AsString(); !strings.Contains(text, "script.lua:8:") {
		t.Errorf("the error was somewhere else: %q", text)
	}
	if s := ended(t, spans, "good").Status(); s.Code != codes.Ok { // left open: the execution has ended it
		t.Errorf("status %v", s)
	}
}

// TestTracer_off runs the same calls where nobody traces.
func TestTracer_off(t *testing.T) {
	b, _ := newBridge(t, `
core.register_fetches("work", function()
  local span = core.tracer.start("a")
  span:set_attribute("b", 1)
  span:add_event("c")
  span:record_error("d")
  span:set_status("error", "e")
  span:start("f"):finish()
  return tostring(span:traceparent())
end)`, nil)
	if got := fetched(t, b, newExchange(), "work"); got != "str:nil" {
		t.Error(got)
	}
}

func TestTracer_Errors(t *testing.T) {
	b, _ := traced(t, `
local kept
core.register_fetches("try", function(_, what)
  local many = {}
  for i = 1, 65 do many["k" .. i] = i end
  local tries = {
    name = function() core.tracer.start({}) end,
    attribute = function() core.tracer.start("a", {b = {}}) end,
    key = function() core.tracer.start("a", {[true] = 1}) end,
    many = function() core.tracer.start("a", many) end,
    status = function() core.tracer.start("a"):set_status("fine") end,
    keep = function() kept = core.tracer.start("a") error("kept") end,
    stale = function() kept:set_attribute("a", 1) end,
  }
  return select(2, pcall(tries[what]))
end)`)
	for _, tt := range []struct{ name, want string }{
		{"name", "string expected, got table"}, {"attribute", "attribute 'b' is neither a string nor a number nor a boolean"},
		{"key", "the names of attributes are strings"}, {"many", "more than 64 attributes"},
		{"status", "'ok' or 'error' expected"}, {"keep", "kept"}, {"stale", "no longer valid"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := fetched(t, b, newExchange(), "try", tt.name); !strings.Contains(got, tt.want) {
				t.Errorf("%s, want %s", got, tt.want)
			}
		})
	}
}

// TestHTTPClient_traced follows the trace into the requests that a script sends.
func TestHTTPClient_traced(t *testing.T) {
	var headers []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		headers = append(headers, r.Header.Get("traceparent"))
		w.WriteHeader(404)
	}))
	defer server.Close()
	b, spans := traced(t, `
core.register_fetches("ask", function(_, url, own)
  return core.httpclient():get({url = url, headers = own and {traceparent = {own}} or nil}).status
end)`)
	fetched(t, b, newExchange(), "ask", server.URL+"/a?b=c")
	fetched(t, b, newExchange(), "ask", server.URL, "mine")
	request := ended(t, spans, "GET")
	c := request.SpanContext()
	if want := []string{"00-" + c.TraceID().String() + "-" + c.SpanID().String() + "-01", "mine"}; !slices.Equal(headers, want) {
		t.Errorf("headers %q, want %q", headers, want)
	}
	if request.Parent().SpanID() != ended(t, spans, "lua ask").SpanContext().SpanID() || request.SpanKind() != trace.SpanKindClient {
		t.Error("no client span below the execution's")
	}
	attributes := attribute.NewSet(request.Attributes()...)
	for key, want := range map[attribute.Key]string{
		"http.request.method": "GET", "url.full": server.URL + "/a?b=c", "server.address": "127.0.0.1",
		"http.response.status_code": "404", "error.type": "404",
	} {
		if got, _ := attributes.Value(key); got.Emit() != want {
			t.Errorf("%s is %q, want %q", key, got.Emit(), want)
		}
	}
}

// TestSocket_traced expects a span for each connection of a socket, for as long as it is open.
func TestSocket_traced(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		c, err := l.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		line, _ := bufio.NewReader(c).ReadString('\n')
		c.Write([]byte(line + line))
	}()
	defer func() { l.Close(); <-done }()
	b, spans := traced(t, `
core.register_fetches("talk", function(_, port)
  local s = core.tcp()
  s:connect("127.0.0.1", tonumber(port))
  s:send("hello\n")
  return s:receive("*a")
end)
core.register_fetches("refused", function() return tostring(core.tcp():connect("127.0.0.1", 1)) end)`)
	_, port, _ := net.SplitHostPort(l.Addr().String())
	fetched(t, b, newExchange(), "talk", port)
	attributes := attribute.NewSet(ended(t, spans, "socket").Attributes()...)
	for key, want := range map[attribute.Key]string{
		"server.address": "127.0.0.1", "server.port": port, "network.transport": "tcp", "network.peer.port": port,
		"tidelock.bytes_sent": "6", "tidelock.bytes_received": "12",
	} {
		if got, _ := attributes.Value(key); got.Emit() != want {
			t.Errorf("%s is %q, want %q", key, got.Emit(), want)
		}
	}
	spans.Reset()
	fetched(t, b, newExchange(), "refused")
	if s := ended(t, spans, "socket").Status(); s.Code != codes.Error {
		t.Errorf("status %v", s)
	}
}
