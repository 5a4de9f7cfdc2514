package telemetry

import (
	"slices"
	"sync"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"
)

// Recorder takes spans. It is called by the goroutine of the traffic, and so never waits, and keeps nothing of the span: that
// is used again. It is safe for concurrent use.
type Recorder interface{ Record(*Span) }

// Span is one that is over. It is made only then, so that what is not sampled costs nothing but its identifiers.
type Span struct {
	Context, Parent   trace.SpanContext // Parent is not valid for a root
	Name              string
	Kind              trace.SpanKind
	Started, Ended    time.Time
	Attributes        []attribute.KeyValue
	Events            []Event
	Links             []trace.Link // of what caused it without being its parent
	Status            codes.Code
	StatusDescription string
}

// Event is something that happened in a span.
type Event struct {
	Name       string
	At         time.Time
	Attributes []attribute.KeyValue
}

// spans are used again: nearly all that they need is room for attributes.
var spans = sync.Pool{New: func() any { return &Span{Attributes: make([]attribute.KeyValue, 0, 32)} }}

// newSpan returns an empty span, which record gives back, or else release.
func newSpan() *Span { return spans.Get().(*Span) }

// record hands a span over.
func (t *Telemetry) record(s *Span) {
	s.Context = s.Context.WithTraceFlags(s.Context.TraceFlags() | trace.FlagsSampled)
	t.recorder.Record(s)
	s.release()
}

// release gives an empty span back.
func (s *Span) release() {
	clear(s.Attributes)
	clear(s.Events)
	*s = Span{Attributes: s.Attributes[:0], Events: s.Events[:0]}
	spans.Put(s)
}

// fail has the span say that it stands for something that went wrong.
func (s *Span) fail(failure, description string) {
	s.Attributes = append(s.Attributes, errorType(failure))
	s.Status, s.StatusDescription = codes.Error, description
}

// position is where an exchange or an execution stands in a trace. As a trace.Span it is the parent of those that are made on
// its behalf, and tells them whether they are wanted; it is described when it is over.
type position struct {
	noop.Span
	context   trace.SpanContext
	providers trace.TracerProvider
	mu        sync.Mutex   // both directions of an exchange may run scripts
	links     []trace.Link // guarded by mu
	woken     []trace.Link // the last of them, until a span has taken it; guarded by mu
}

// SpanContext implements trace.Span.
func (p *position) SpanContext() trace.SpanContext { return p.context }

// IsRecording implements trace.Span.
func (p *position) IsRecording() bool { return p.context.IsSampled() }

// TracerProvider implements trace.Span.
func (p *position) TracerProvider() trace.TracerProvider { return p.providers }

// maxLinks bounds what a span links to: a task may be woken without end.
const maxLinks = 32

// AddLink implements trace.Span. What is not recorded is not linked to: nobody could look it up. Of several links to the same
// span the first counts.
func (p *position) AddLink(l trace.Link) {
	same := func(other trace.Link) bool { return other.SpanContext.Equal(l.SpanContext) }
	p.mu.Lock()
	defer p.mu.Unlock()
	if !l.SpanContext.IsSampled() {
		return
	}
	p.woken = []trace.Link{l}
	if len(p.links) < maxLinks && !slices.ContainsFunc(p.links, same) {
		p.links = append(p.links, l)
	}
}

// linked returns what it links to.
func (p *position) linked() []trace.Link {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.links
}

// begin returns a position below a parent, or where that is not valid the root of a new trace. Sampling decides here, before
// anything has been spent on a span.
func (t *Telemetry) begin(parent trace.SpanContext) position {
	c := newIdentity(parent)
	if t.sampling(parent, c.TraceID()) {
		c = c.WithTraceFlags(trace.FlagsSampled)
	}
	return position{context: c, providers: t.tracers}
}
