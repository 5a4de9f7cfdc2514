package telemetry

import (
	"errors"
	"time"

	"go.opentelemetry.io/otel/metric"
)

// executionMetrics are those of scripts.
type executionMetrics struct {
	duration, processor, waited metric.Float64Histogram
	fuel, memory                metric.Int64Histogram
}

// Buckets for what scripts do: most take microseconds.
var (
	executionBounds = metric.WithExplicitBucketBoundaries(1e-5, 1e-4, 1e-3, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10)
	fuelBounds      = metric.WithExplicitBucketBoundaries(1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9)
	memoryBounds    = metric.WithExplicitBucketBoundaries(1<<18, 1<<19, 1<<20, 1<<21, 1<<22, 1<<23, 1<<24, 1<<25, 1<<26, 1<<27)
)

func newExecutionMetrics(m metric.Meter) (*executionMetrics, error) {
	var e executionMetrics
	var errs [5]error
	e.duration, errs[0] = m.Float64Histogram("tidelock.execution.duration", metric.WithUnit("s"),
		metric.WithDescription("Duration of executions of scripts, with their waits."), executionBounds)
	e.processor, errs[1] = m.Float64Histogram("tidelock.execution.processor_time", metric.WithUnit("s"),
		metric.WithDescription("Processor time of executions of scripts."), executionBounds)
	e.waited, errs[2] = m.Float64Histogram("tidelock.execution.waited", metric.WithUnit("s"),
		metric.WithDescription("Time that executions which waited have waited in all."), executionBounds)
	e.fuel, errs[3] = m.Int64Histogram("tidelock.execution.fuel", metric.WithUnit("{tick}"),
		metric.WithDescription("Lua instructions and iterations of the interpreter's own loops in an execution."), fuelBounds)
	e.memory, errs[4] = m.Int64Histogram("tidelock.execution.memory", metric.WithUnit("By"),
		metric.WithDescription("Memory that the instance of an execution had taken at its end."), memoryBounds)
	return &e, errors.Join(errs[:]...)
}

// record measures an execution that is over.
func (e *executionMetrics) record(x *Execution, u Usage, outcome string, took time.Duration) {
	options := x.registration.options(outcome)
	e.duration.Record(x.ctx, took.Seconds(), options...)
	e.processor.Record(x.ctx, u.Processor.Seconds(), options...)
	e.fuel.Record(x.ctx, u.Fuel, options...)
	e.memory.Record(x.ctx, int64(u.Memory), options...)
	if x.count > 0 {
		e.waited.Record(x.ctx, x.waited.Seconds(), options...)
	}
}
