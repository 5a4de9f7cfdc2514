package luabridge

import (
	"context"
	"errors"
	"fmt"
	"math"
	"sync"

	"go.opentelemetry.io/otel/metric"

	"tidelock/abi"
	"tidelock/host"
)

// instruments are what scripts measure with (core.meter), by kind and name: scripts of one configuration that name the same
// one mean the same one.
type instruments struct {
	meter metric.Meter
	mu    sync.RWMutex
	known map[instrumentName]instrument // guarded by mu
}

type instrumentName struct{ kind, name string }

// instrument takes one measurement.
type instrument func(ctx context.Context, value float64, attributes metric.MeasurementOption)

// maxInstruments bounds the instruments of a configuration's scripts.
const maxInstruments = 1000

// instrumentKinds makes instruments by their kind.
var instrumentKinds = map[string]func(meter metric.Meter, name, unit, description string) (instrument, error){
	"counter": func(meter metric.Meter, name, unit, description string) (instrument, error) {
		counter, err := meter.Float64Counter(name, metric.WithUnit(unit), metric.WithDescription(description))
		return func(ctx context.Context, value float64, a metric.MeasurementOption) { counter.Add(ctx, value, a) }, err
	},
	"gauge": func(meter metric.Meter, name, unit, description string) (instrument, error) {
		gauge, err := meter.Float64Gauge(name, metric.WithUnit(unit), metric.WithDescription(description))
		return func(ctx context.Context, value float64, a metric.MeasurementOption) { gauge.Record(ctx, value, a) }, err
	},
	"histogram": func(meter metric.Meter, name, unit, description string) (instrument, error) {
		histogram, err := meter.Float64Histogram(name, metric.WithUnit(unit), metric.WithDescription(description))
		return func(ctx context.Context, value float64, a metric.MeasurementOption) { histogram.Record(ctx, value, a) }, err
	},
}

func (i *instruments) functions() host.Functions {
	return host.Functions{"meter.create": i.create, "meter.record": i.record}
}

// create is meter.create(kind, name, unit, description). One that there is already is left as it is.
func (i *instruments) create(c *host.Call) error {
	name, err := takeInstrument(c)
	if err != nil {
		return err
	}
	unit, _ := host.ToText(c.Next())
	description, _ := host.ToText(c.Next())
	i.mu.Lock()
	defer i.mu.Unlock()
	switch {
	case i.known[name] != nil:
		return nil
	case instrumentKinds[name.kind] == nil:
		return errors.New("unknown kind of instrument")
	case len(i.known) == maxInstruments:
		return fmt.Errorf("more than %d instruments", maxInstruments)
	}
	made, err := instrumentKinds[name.kind](i.meter, name.name, traceText(unit), traceText(description))
	if err != nil {
		return err
	}
	if i.known == nil {
		i.known = map[instrumentName]instrument{}
	}
	i.known[name] = made
	return nil
}

// record is meter.record(kind, name, value, attributes).
func (i *instruments) record(c *host.Call) error {
	name, err := takeInstrument(c)
	if err != nil {
		return err
	}
	value, err := c.Float()
	if err != nil {
		return err
	}
	attributes, err := takeAttributes(c)
	if err != nil {
		return err
	}
	i.mu.RLock()
	take := i.known[name]
	i.mu.RUnlock()
	switch {
	case take == nil:
		return errors.New("unknown instrument")
	case math.IsNaN(value) || math.IsInf(value, 0):
		return errors.New("a measurement is a finite number")
	case name.kind == "counter" && value < 0:
		return errors.New("a counter only grows")
	}
	take(c.Execution.Context(), value, metric.WithAttributes(attributes...))
	return nil
}

func takeInstrument(c *host.Call) (instrumentName, error) {
	kind, name := c.Next(), c.Next()
	if kind.Type != abi.String || name.Type != abi.String {
		return instrumentName{}, errObject
	}
	return instrumentName{string(kind.Bytes), traceText(name.Bytes)}, nil
}
