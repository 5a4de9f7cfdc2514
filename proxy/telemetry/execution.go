package telemetry

import (
	"context"
	"sync"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
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
	parent, ctx  context.Context // without its span, and with it
	span         trace.Span
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
	*x = Execution{telemetry: t, registration: r, parent: ctx, span: noSpan, started: time.Now(), waits: x.waits[:0]}
	if t.tracer != nil && !leftOut(ctx) {
		ctx, x.span = t.start(ctx, x.name(), internalSpan, x.started)
	}
	x.ctx = ctx
	return ctx, x
}

// noSpan stands for the span of what has none.
var noSpan = trace.SpanFromContext(context.Background())

// leftOut reports whether a context belongs to a trace that is not sampled.
func leftOut(ctx context.Context) bool {
	if x, ok := ctx.Value(exchangeKey{}).(*exchange); ok && x.span == nil {
		return x.unsampled.IsValid()
	}
	parent := trace.SpanContextFromContext(ctx)
	return parent.IsValid() && !parent.IsSampled()
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
	if t.executions != nil {
		t.executions.record(x, u, f.Outcome, int64(took))
	}
	slow := t.slow > 0 && (took >= t.slow && !r.Waits || u.Processor >= t.slow)
	if t.tracer != nil && !x.span.IsRecording() && (slow || f.Outcome != "ok") {
		x.span = t.startKept(x.parent, x.span.SpanContext(), x.name(), internalSpan, x.started)
		keep(x.parent)
	}
	if x.span.IsRecording() {
		x.describe(u, f)
		x.span.End(trace.WithTimestamp(x.started.Add(took)))
	}
	*x = Execution{waits: x.waits}
	executions.Put(x)
}

// describe tells the span all that is known.
func (x *Execution) describe(u Usage, f Failure) {
	r := x.registration
	x.span.SetAttributes(
		keyKind.String(r.Kind), keyName.String(r.Name), keyGroup.Int(r.Group), keyIsolation.String(r.Isolation),
		semconv.CodeFilePath(r.Source), semconv.CodeLineNumber(r.Line),
		keyOutcome.String(f.Outcome), keyFuel.Int64(u.Fuel), keyProcessor.Float64(u.Processor.Seconds()), keyMemory.Int64(int64(u.Memory)),
		keyWaits.Int(x.count), keyWaited.Float64(x.waited.Seconds()),
	)
	if b := r.Bundle; b.Name != "" {
		x.span.SetAttributes(keyBundle.String(b.Name), keyVersion.String(b.Version), keyDigest.String(b.Digest))
	}
	for _, w := range x.waits {
		function := keyFunction.String(w.function)
		x.span.AddEvent("wait", trace.WithTimestamp(x.started.Add(w.started)), trace.WithAttributes(function))
		x.span.AddEvent("resume", trace.WithTimestamp(x.started.Add(w.started+w.lasted)), trace.WithAttributes(function, keyWaited.Float64(w.lasted.Seconds())))
	}
	if f.Outcome == "ok" {
		return
	}
	message := text([]byte(f.Message))
	x.span.SetAttributes(errorType(f.Outcome))
	x.span.SetStatus(codes.Error, message)
	x.span.AddEvent(semconv.ExceptionEventName, trace.WithAttributes(semconv.ExceptionType(f.Outcome),
		semconv.ExceptionMessage(message), semconv.ExceptionStacktrace(text([]byte(f.Traceback)))))
}
