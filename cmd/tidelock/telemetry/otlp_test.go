package telemetry

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"tidelock/proxy/telemetry"
)

// recorded is a span such as that of a request.
func recorded() *telemetry.Span {
	id := trace.TraceID{0: 1, 15: 2}
	state, _ := trace.ParseTraceState("a=b")
	return &telemetry.Span{
		Context: trace.NewSpanContext(trace.SpanContextConfig{TraceID: id, SpanID: trace.SpanID{3}, TraceFlags: trace.FlagsSampled, TraceState: state}),
		Parent:  trace.NewSpanContext(trace.SpanContextConfig{TraceID: id, SpanID: trace.SpanID{4}, Remote: true}),
		Name:    "GET", Kind: trace.SpanKindServer, Started: time.Unix(1, 2), Ended: time.Unix(3, 4),
		Attributes: []attribute.KeyValue{
			attribute.String("text", "value"), attribute.String("long", "aaaaaaaaaé"), attribute.Bool("yes", true), attribute.Int("number", -5),
			attribute.Float64("float", 1.5), attribute.StringSlice("list", []string{"x", "y"}),
		},
		Events: []telemetry.Event{{Name: "wait", At: time.Unix(2, 0), Attributes: []attribute.KeyValue{attribute.String("for", strings.Repeat("b", 200))}}},
		Links: []trace.Link{{
			SpanContext: trace.NewSpanContext(trace.SpanContextConfig{TraceID: trace.TraceID{5}, SpanID: trace.SpanID{6}}),
			Attributes:  []attribute.KeyValue{attribute.String("why", "because")},
		}},
		Status: codes.Error, StatusDescription: "went wrong",
	}
}

func Test_appendSpan(t *testing.T) {
	var scope tracepb.ScopeSpans
	if err := proto.Unmarshal(appendSpan(appendSpan(nil, recorded(), -1), recorded(), 10), &scope); err != nil {
		t.Fatal(err)
	}
	if len(scope.Spans) != 2 || len(scope.ProtoReflect().GetUnknown()) != 0 {
		t.Fatalf("%d spans, unknown %q", len(scope.Spans), scope.ProtoReflect().GetUnknown())
	}
	s, cut := scope.Spans[0], scope.Spans[1]
	values := make(map[string]string)
	for _, a := range s.Attributes {
		values[a.Key] = strings.ReplaceAll(a.Value.String(), " ", "")
	}
	for key, want := range map[string]string{
		"text": `string_value:"value"`, "yes": "bool_value:true", "number": "int_value:-5", "float": "double_value:1.5",
		"list": `array_value:{values:{string_value:"x"}values:{string_value:"y"}}`,
	} {
		if values[key] != want {
			t.Errorf("%s = %s, want %s", key, values[key], want)
		}
	}
	switch {
	case !bytes.Equal(s.TraceId, append([]byte{1}, append(make([]byte, 14), 2)...)), !bytes.Equal(s.SpanId, []byte{3, 0, 0, 0, 0, 0, 0, 0}),
		!bytes.Equal(s.ParentSpanId, []byte{4, 0, 0, 0, 0, 0, 0, 0}), s.TraceState != "a=b", s.Flags != 0x301:
		t.Errorf("identifiers: %v", s)
	case s.Name != "GET", s.Kind != tracepb.Span_SPAN_KIND_SERVER, s.StartTimeUnixNano != 1e9+2, s.EndTimeUnixNano != 3e9+4:
		t.Errorf("name, kind or times: %v", s)
	case s.Status.Code != tracepb.Status_STATUS_CODE_ERROR, s.Status.Message != "went wrong":
		t.Errorf("status: %v", s.Status)
	case len(s.Events) != 1, s.Events[0].Name != "wait", s.Events[0].TimeUnixNano != 2e9, len(s.Events[0].Attributes[0].Value.GetStringValue()) != 200:
		t.Errorf("events: %v", s.Events)
	case len(s.Links) != 1, s.Links[0].TraceId[0] != 5, s.Links[0].SpanId[0] != 6, s.Links[0].Attributes[0].Value.GetStringValue() != "because":
		t.Errorf("links: %v", s.Links)
	case cut.Attributes[1].Value.GetStringValue() != "aaaaaaaaa":
		t.Errorf("cut to 10 bytes: %q", cut.Attributes[1].Value.GetStringValue())
	}
}

// Benchmark_appendSpan measures what a span costs its request: encoding it.
func Benchmark_appendSpan(b *testing.B) {
	span, buffer := recorded(), make([]byte, 0, 1<<12)
	b.ReportAllocs()
	for b.Loop() {
		buffer = appendSpan(buffer[:0], span, maxAttribute)
	}
	b.SetBytes(int64(len(buffer)))
}
