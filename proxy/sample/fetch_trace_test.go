package sample

import (
	"context"
	"testing"

	"go.opentelemetry.io/otel/trace"

	"tidelock/proxy/stream"
)

func TestTraceFetches(t *testing.T) {
	span := trace.NewSpanContext(trace.SpanContextConfig{TraceID: trace.TraceID{1, 0xab}, SpanID: trace.SpanID{2, 0xcd}})
	tests := []struct {
		name, fetch, want string
		context           context.Context
	}{
		{"trace", "trace_id", "01ab0000000000000000000000000000", trace.ContextWithSpanContext(t.Context(), span)},
		{"span", "span_id", "02cd000000000000", trace.ContextWithSpanContext(t.Context(), span)},
		{"nobody traces", "trace_id", "", t.Context()},
		{"no context", "span_id", "", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := Context{Stream: &stream.Stream{Context: tt.context}}
			v := fetches[tt.fetch].Get(&c, nil)
			if got := string(v.AppendText(nil)); got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}
