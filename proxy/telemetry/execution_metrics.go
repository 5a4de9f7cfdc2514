package telemetry

import "go.opentelemetry.io/otel/trace"

// executionMetrics are those of scripts.
type executionMetrics struct{ duration, processor, waited, fuel, memory distribution }

// Buckets for what scripts do, most of which take microseconds: nanoseconds, ticks and bytes.
var (
	executionBounds = []int64{1e4, 1e5, 1e6, 5e6, 1e7, 5e7, 1e8, 5e8, 1e9, 5e9, 1e10}
	fuelBounds      = []int64{1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9}
	memoryBounds    = []int64{1 << 18, 1 << 19, 1 << 20, 1 << 21, 1 << 22, 1 << 23, 1 << 24, 1 << 25, 1 << 26, 1 << 27}
)

func newExecutionMetrics() *executionMetrics {
	seconds := func(name, description string) distribution {
		return distribution{name: "tidelock.execution." + name, unit: "s", description: description, bounds: executionBounds, scale: 1e-9}
	}
	return &executionMetrics{
		duration:  seconds("duration", "Duration of executions of scripts, with their waits."),
		processor: seconds("processor_time", "Processor time of executions of scripts."),
		waited:    seconds("waited", "Time that executions which waited have waited in all."),
		fuel: distribution{name: "tidelock.execution.fuel", unit: "{tick}", bounds: fuelBounds, scale: 1,
			description: "Lua instructions and iterations of the interpreter's own loops in an execution."},
		memory: distribution{name: "tidelock.execution.memory", unit: "By", bounds: memoryBounds, scale: 1,
			description: "Memory that the instance of an execution had taken at its end."},
	}
}

// outcome is where executions of a registration that end in the same way are measured.
type outcome struct{ duration, processor, waited, fuel, memory *cell }

// maxOutcomes is beyond the number of outcomes that there are.
const maxOutcomes = 64

// outcome returns where a registration's executions with an outcome are measured.
func (e *executionMetrics) outcome(r *Registration, name string) *outcome {
	o, ok := r.outcomes.find(name)
	if !ok {
		o, _ = r.outcomes.add(name, maxOutcomes, func() *outcome {
			of := func(d *distribution) *cell {
				return d.cell(keyKind.String(r.Kind), keyName.String(r.Name), keyOutcome.String(name))
			}
			return &outcome{of(&e.duration), of(&e.processor), of(&e.waited), of(&e.fuel), of(&e.memory)}
		})
	}
	return o
}

// record measures an execution that is over, in its span.
func (e *executionMetrics) record(x *Execution, u Usage, name string, took int64, span trace.SpanContext) {
	o := e.outcome(x.registration, name)
	o.duration.record(took, span)
	o.processor.record(int64(u.Processor), span)
	o.fuel.record(u.Fuel, span)
	o.memory.record(int64(u.Memory), span)
	if x.count > 0 {
		o.waited.record(int64(x.waited), span)
	}
}
