package luabridge

import (
	"context"
	"errors"
	"path/filepath"
	"strconv"
	"strings"
	"sync"

	"tidelock/host"
	"tidelock/proxy/telemetry"
)

// NewObserver returns what has executions traced and measured. Isolation is the configuration's.
func NewObserver(t *telemetry.Telemetry, isolation string) host.Observer {
	return &observer{telemetry: t, isolation: isolation}
}

// observer tells telemetry of executions.
type observer struct {
	telemetry     *telemetry.Telemetry
	isolation     string
	registrations sync.Map // *telemetry.Registration by registrationKey
}

// registrationKey is what registrations differ in to telemetry. There are only so many, though a script that runs may
// register tasks without end.
type registrationKey struct {
	kind, name, source string
	line, group        int
	bundle             telemetry.Bundle
}

// Started implements host.Observer.
func (o *observer) Started(ctx context.Context, x *host.Execution) (context.Context, host.Observation) {
	r := x.Registration()
	if r.Kind == host.KindMain && isPrelude(r.Name) {
		return ctx, nil // no script's
	}
	key := registrationKey{r.Kind, r.Name, r.Source, r.Line, r.Group, bundleOf(r)}
	known, ok := o.registrations.Load(key)
	if !ok {
		known, _ = o.registrations.LoadOrStore(key, &telemetry.Registration{
			Kind: r.Kind, Name: nameOf(r), Source: r.Source, Line: r.Line, Isolation: o.isolation, Group: r.Group, Bundle: key.bundle,
			Waits: r.Kind == host.KindTask,
		})
	}
	ctx, followed := o.telemetry.Execute(ctx, known.(*telemetry.Registration))
	if r.Kind == host.KindTask || r.Kind == kindEvent {
		linkToCause(ctx, r)
	}
	return ctx, (*observation)(followed)
}

// isPrelude reports whether a chunk belongs to the object model.
func isPrelude(chunk string) bool { return strings.HasPrefix(chunk, "=<") }

// nameOf is what a registration is called: tasks and functions that are told of events have no name, but a place.
func nameOf(r *host.Registration) string {
	if r.Name == "" {
		return filepath.Base(r.Source) + ":" + strconv.Itoa(r.Line)
	}
	return strings.TrimPrefix(r.Name, "@") // Lua's mark of chunks that are files
}

// bundleOf returns the bundle that a registration's script is from.
func bundleOf(r *host.Registration) telemetry.Bundle {
	if u, _ := r.Owner().(*Bundle); u != nil {
		return telemetry.Bundle{Name: u.Label, Version: u.Version, Digest: u.Digest}
	}
	return telemetry.Bundle{}
}

// observation tells telemetry of one execution.
type observation telemetry.Execution

// Waiting implements host.Observation.
func (o *observation) Waiting(function string) { (*telemetry.Execution)(o).Waiting(function) }

// Resumed implements host.Observation.
func (o *observation) Resumed() { (*telemetry.Execution)(o).Resumed() }

// Ended implements host.Observation.
func (o *observation) Ended(x *host.Execution, err error) {
	usage := telemetry.Usage{Fuel: x.Fuel(), Processor: x.ProcessorTime(), Memory: x.Memory()}
	(*telemetry.Execution)(o).End(usage, outcomeOf(err))
}

// outcomes names the ways in which executions end badly.
var outcomes = []struct {
	kind error
	name string
}{
	{host.ErrScript, "error"}, {host.ErrTimeout, "timeout"}, {host.ErrOutOfFuel, "out_of_fuel"}, {host.ErrBusy, "busy"},
	{host.ErrOutOfMemory, "out_of_memory"}, {host.ErrKilled, "killed"},
	{host.ErrReset, "reset"}, {host.ErrCancelled, "cancelled"}, {host.ErrFault, "fault"}, {host.ErrClosed, "closed"},
}

func outcomeOf(err error) telemetry.Failure {
	var failed *host.ExecutionError
	if !errors.As(err, &failed) {
		return telemetry.Failure{}
	}
	for _, o := range outcomes {
		if failed.Kind == o.kind {
			return telemetry.Failure{Outcome: o.name, Message: failed.Message, Traceback: failed.Traceback}
		}
	}
	return telemetry.Failure{Outcome: "error", Message: failed.Error()}
}
