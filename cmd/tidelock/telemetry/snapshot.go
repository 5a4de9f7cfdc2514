package telemetry

import (
	"slices"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/instrumentation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"tidelock/proxy/telemetry"
)

// snapshots gives the spans of traffic to a processor of the SDK: for exporters that do not speak OTLP.
type snapshots struct {
	to       sdktrace.SpanProcessor
	resource *resource.Resource
}

// Record implements telemetry.Recorder.
func (r snapshots) Record(s *telemetry.Span) {
	kept := *s
	kept.Attributes, kept.Events = slices.Clone(s.Attributes), slices.Clone(s.Events)
	for i, a := range kept.Attributes {
		if a.Value.Type() == attribute.STRING {
			kept.Attributes[i].Value = attribute.StringValue(cut(a.Value.AsString(), maxAttribute))
		}
	}
	r.to.OnEnd(snapshot{span: kept, resource: r.resource})
}

// snapshot is a span as exporters take it. The interface that it embeds is nil: of its methods only the one that keeps others
// from implementing it is not here, and nobody can call that.
type snapshot struct {
	sdktrace.ReadOnlySpan
	span     telemetry.Span
	resource *resource.Resource
}

func (s snapshot) Name() string                     { return s.span.Name }
func (s snapshot) SpanContext() trace.SpanContext   { return s.span.Context }
func (s snapshot) Parent() trace.SpanContext        { return s.span.Parent }
func (s snapshot) SpanKind() trace.SpanKind         { return s.span.Kind }
func (s snapshot) StartTime() time.Time             { return s.span.Started }
func (s snapshot) EndTime() time.Time               { return s.span.Ended }
func (s snapshot) Attributes() []attribute.KeyValue { return s.span.Attributes }
func (s snapshot) Resource() *resource.Resource     { return s.resource }
func (s snapshot) InstrumentationScope() instrumentation.Scope {
	return instrumentation.Scope{Name: telemetry.Scope}
}
func (s snapshot) DroppedAttributes() int { return 0 }
func (s snapshot) DroppedLinks() int      { return 0 }
func (s snapshot) DroppedEvents() int     { return 0 }
func (s snapshot) ChildSpanCount() int    { return 0 }

func (s snapshot) InstrumentationLibrary() instrumentation.Library { //nolint:staticcheck // the interface has it
	return s.InstrumentationScope()
}

func (s snapshot) Status() sdktrace.Status {
	return sdktrace.Status{Code: s.span.Status, Description: s.span.StatusDescription}
}

func (s snapshot) Links() []sdktrace.Link {
	var links []sdktrace.Link
	for _, l := range s.span.Links {
		links = append(links, sdktrace.Link{SpanContext: l.SpanContext, Attributes: l.Attributes})
	}
	return links
}

func (s snapshot) Events() []sdktrace.Event {
	var events []sdktrace.Event
	for _, e := range s.span.Events {
		events = append(events, sdktrace.Event{Name: e.Name, Time: e.At, Attributes: e.Attributes})
	}
	return events
}
