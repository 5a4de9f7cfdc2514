package luabridge

import (
	"context"
	"errors"

	"go.opentelemetry.io/otel/metric"

	"tidelock/host"
)

// measureSandbox has the engine's numbers asked for whenever metrics are collected, until end is called.
func measureSandbox(m metric.Meter, engine *host.Engine) (end func() error, err error) {
	instances, err1 := m.Int64ObservableUpDownCounter("tidelock.instances", metric.WithUnit("{instance}"),
		metric.WithDescription("Instances of scripts' images that there are."))
	memory, err2 := m.Int64ObservableUpDownCounter("tidelock.instances.memory", metric.WithUnit("By"),
		metric.WithDescription("Memory that instances use beyond their images."))
	clones, err3 := m.Int64ObservableCounter("tidelock.instances.clones", metric.WithUnit("{clone}"),
		metric.WithDescription("Instances that were made of an image."))
	cloneTime, err4 := m.Float64ObservableCounter("tidelock.instances.clone_time", metric.WithUnit("s"),
		metric.WithDescription("Time that making them has taken."))
	resets, err5 := m.Int64ObservableCounter("tidelock.instances.resets", metric.WithUnit("{reset}"),
		metric.WithDescription("Instances that were made equal to their image again."))
	resetTime, err6 := m.Float64ObservableCounter("tidelock.instances.reset_time", metric.WithUnit("s"),
		metric.WithDescription("Time that this has taken."))
	replaced, err7 := m.Int64ObservableCounter("tidelock.instances.replaced", metric.WithUnit("{instance}"),
		metric.WithDescription("Instances that were given up for a fresh one, because an execution was killed or took too much."))
	if err := errors.Join(err1, err2, err3, err4, err5, err6, err7); err != nil {
		return nil, err
	}
	registered, err := m.RegisterCallback(func(_ context.Context, o metric.Observer) error {
		s := engine.Statistics()
		o.ObserveInt64(instances, s.Instances)
		o.ObserveInt64(memory, s.Memory)
		o.ObserveInt64(clones, s.Clones.Times)
		o.ObserveFloat64(cloneTime, s.Clones.Took.Seconds())
		o.ObserveInt64(resets, s.Resets.Times)
		o.ObserveFloat64(resetTime, s.Resets.Took.Seconds())
		o.ObserveInt64(replaced, s.Replaced)
		return nil
	}, instances, memory, clones, cloneTime, resets, resetTime, replaced)
	if err != nil {
		return nil, err
	}
	return registered.Unregister, nil
}
