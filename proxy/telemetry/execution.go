package telemetry

import (
	"context"
	"sync"
	"time"

	"go.opentelemetry.io/otel/attribute"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"
)

// Attributes of executions that no convention has a name for.
const (
	keyKind      = attribute.Key("tidelock.registration.kind")
	keyName      = attribute.Key("tidelock.registration.name")
	keyGroup     = attribute.Key("tidelock.isolation.group") // 0: each execution has an instance of its own
	keyIsolation = attribute.Key("tidelock.isolation")
	keyBundle    = attribute.Key("tidelock.bundle.name")
	keyVersion   = attribute.Key("tidelock.bundle.version")
	keyDigest    = attribute.Key("tidelock.bundle.digest")
	keyOutcome   = attribute.Key("tidelock.outcome")
	keyFuel      = attribute.Key("tidelock.fuel")
	keyProcessor = attribute.Key("tidelock.processor_time") // seconds
	keyMemory    = attribute.Key("tidelock.memory.peak")    // bytes of the instance
	keyWaits     = attribute.Key("tidelock.waits")
	keyWaited    = attribute.Key("tidelock.waited") // seconds
	keyFunction  = attribute.Key("tidelock.function")
)

// Registration is a script's function that executions run.
type Registration struct {
	Kind, Name string
	Source     string // the file that defines it, in Line
	Line       int
	Isolation  string
	Group      int // of those that share instances; 0: it shares none
	Bundle     Bundle

	// Waits says that an execution is slow by what it costs, not by the clock: it waits most of the time.
	Waits bool

	outcomes few[string, *outcome] // where executions are measured, by outcome
}

// Bundle is where a script is from. The zero value is none.
type Bundle struct{ Name, Version, Digest string }

// Usage is what an execution has needed.
type Usage struct {
	Fuel      int64
	Processor time.Duration
	Memory    uint64
}

// Failure is how an execution ended badly. The zero value is none.
type Failure struct {
	Outcome            string // "error", "timeout" ...; "ok" when empty
	Message, Traceback string
}

// Execution follows one execution, in its goroutine.
type Execution struct {
	telemetry    *Telemetry
	registration *Registration
	parent       context.Context // without its span
	position     *position       // nil: it has no span, unless it turns out to be worth one
	from         trace.SpanContext
	started      time.Time
	waits        []wait
	count        int           // of waits, those included that are not kept
	waited       time.Duration // in all
	waitingSince time.Time     // zero: it runs
	waitsFor     string
}

// wait is an event of an execution.
type wait struct {
	function        string
	started, lasted time.Duration // since the execution started
}

// maxWaits bounds the events of an execution.
const maxWaits = 64

var executions = sync.Pool{New: func() any { return new(Execution) }}

// Execute follows an execution that starts now. The context that it returns carries its span.
func (t *Telemetry) Execute(ctx context.Context, r *Registration) (context.Context, *Execution) {
	x := executions.Get().(*Execution)
	*x = Execution{telemetry: t, registration: r, parent: ctx, started: time.Now(), waits: x.waits[:0]}
	if t.recorder != nil {
		x.from = standing(ctx)
		if x.from.IsSampled() || !x.from.IsValid() {
			p := t.begin(x.from)
			x.position = &p
			ctx = trace.ContextWithSpan(ctx, x.position)
		}
	}
	return ctx, x
}

// standing returns where a context stands in a trace. An exchange that is left out need not make the context with its span.
func standing(ctx context.Context) trace.SpanContext {
	if x, ok := ctx.Value(exchangeKey{}).(*exchange); ok && !x.position.IsRecording() {
		return x.position.context
	}
	return trace.SpanContextFromContext(ctx)
}

// name is that of the execution's span.
func (x *Execution) name() string { return "lua " + x.registration.Kind + " " + x.registration.Name }

// Waiting notes that the execution waits for a function of the host. The empty function is its turn.
func (x *Execution) Waiting(function string) {
	x.waitsFor, x.waitingSince = function, time.Now()
}

// Resumed notes that this is over.
func (x *Execution) Resumed() {
	if x.waitingSince.IsZero() {
		return
	}
	lasted := time.Since(x.waitingSince)
	x.count++
	x.waited += lasted
	if len(x.waits) < maxWaits {
		x.waits = append(x.waits, wait{x.waitsFor, x.waitingSince.Sub(x.started), lasted})
	}
	x.waitingSince = time.Time{}
}

// End notes how the execution ended. It must not be used afterwards.
func (x *Execution) End(u Usage, f Failure) {
	x.Resumed()
	t, r := x.telemetry, x.registration
	took := time.Since(x.started)
	if f.Outcome == "" {
		f.Outcome = "ok"
	}
	slow := t.slow > 0 && (took >= t.slow && !r.Waits || u.Processor >= t.slow)
	span := x.identify(slow || f.Outcome != "ok")
	if t.executions != nil {
		t.executions.record(x, u, f.Outcome, int64(took), span)
	}
	if span.IsSampled() {
		x.describe(span, u, f, took)
	}
	*x = Execution{waits: x.waits}
	executions.Put(x)
}

// identify returns the identifiers that the execution's span is recorded with, and none if it is not: it must be sampled, or
// be worth it as it turned out.
func (x *Execution) identify(worth bool) trace.SpanContext {
	switch {
	case x.position != nil && x.position.IsRecording():
		return x.position.context
	case x.telemetry.recorder == nil || !worth:
		return trace.SpanContext{}
	case x.position != nil:
		return x.position.context.WithTraceFlags(trace.FlagsSampled)
	}
	keep(x.parent)
	return x.from.WithSpanID(newSpanID()).WithTraceFlags(trace.FlagsSampled)
}

// describe records the span with all that is known.
func (x *Execution) describe(c trace.SpanContext, u Usage, f Failure, took time.Duration) {
	r, span := x.registration, newSpan()
	span.Context, span.Parent = c, x.from
	span.Name, span.Kind, span.Started, span.Ended = x.name(), trace.SpanKindInternal, x.started, x.started.Add(took)
	span.Attributes = append(span.Attributes,
		keyKind.String(r.Kind), keyName.String(r.Name), keyGroup.Int(r.Group), keyIsolation.String(r.Isolation),
		semconv.CodeFilePath(r.Source), semconv.CodeLineNumber(r.Line),
		keyOutcome.String(f.Outcome), keyFuel.Int64(u.Fuel), keyProcessor.Float64(u.Processor.Seconds()), keyMemory.Int64(int64(u.Memory)),
		keyWaits.Int(x.count), keyWaited.Float64(x.waited.Seconds()),
	)
	if x.position != nil {
		span.Links = x.position.linked()
	}
	if b := r.Bundle; b.Name != "" {
		span.Attributes = append(span.Attributes, keyBundle.String(b.Name), keyVersion.String(b.Version), keyDigest.String(b.Digest))
	}
	for _, w := range x.waits {
		function := keyFunction.String(w.function)
		span.Events = append(span.Events,
			Event{"wait", x.started.Add(w.started), []attribute.KeyValue{function}},
			Event{"resume", x.started.Add(w.started + w.lasted), []attribute.KeyValue{function, keyWaited.Float64(w.lasted.Seconds())}})
	}
	if f.Outcome != "ok" {
		message := text([]byte(f.Message))
		span.fail(f.Outcome, message)
		span.Events = append(span.Events, Event{semconv.ExceptionEventName, span.Ended, []attribute.KeyValue{
			semconv.ExceptionType(f.Outcome), semconv.ExceptionMessage(message), semconv.ExceptionStacktrace(text([]byte(f.Traceback)))}})
	}
	x.telemetry.record(span)
}
