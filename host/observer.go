package host

import "context"

// Observer is told of the executions of an image, for traces, metrics and operators who look on. Its methods and those of
// the observations that it returns run in the goroutine of the execution: they must be quick, and must not block.
type Observer interface {
	// Started is called when an execution runs (Execution.Run), before it has its instance. The context that it returns
	// takes the place of ctx for what the execution waits for. The observation is told the rest; nil: this execution is
	// not observed, which costs nothing further.
	Started(ctx context.Context, x *Execution) (context.Context, Observation)
}

// Observation is told what becomes of one execution. It must not retain what it is given.
type Observation interface {
	// Waiting is called when the execution waits for what a host function does, of the name by which the prelude binds it
	// ("sleep", "socket.connect"). The name is empty when it only lets others have its instance for a while.
	Waiting(function string)
	// Resumed is called when that is over.
	Resumed()
	// Ended is called once. The error is nil or an *ExecutionError. What the execution has used can be read.
	Ended(x *Execution, err error)
}

// Observers is several observers as one.
type Observers []Observer

// Started implements Observer.
func (o Observers) Started(ctx context.Context, x *Execution) (context.Context, Observation) {
	var all observations
	for _, observer := range o {
		var one Observation
		if ctx, one = observer.Started(ctx, x); one != nil {
			all = append(all, one)
		}
	}
	switch len(all) {
	case 0:
		return ctx, nil
	case 1:
		return ctx, all[0]
	}
	return ctx, all
}

// observations is several observations as one.
type observations []Observation

func (o observations) Waiting(function string) {
	for _, one := range o {
		one.Waiting(function)
	}
}

func (o observations) Resumed() {
	for _, one := range o {
		one.Resumed()
	}
}

func (o observations) Ended(x *Execution, err error) {
	for _, one := range o {
		one.Ended(x, err)
	}
}

// observe tells the image's observer that the execution starts.
func (x *Execution) observe() {
	if observer := x.registration.group.image.config.Observer; observer != nil {
		x.ctx, x.observation = observer.Started(x.ctx, x)
	}
}

// concluded tells the observation how Run or Resume ended. A suspended execution waits for the embedder to go on.
func (x *Execution) concluded(err error) {
	switch {
	case x.observation == nil:
	case x.suspended:
		x.observation.Waiting(x.waitsFor())
	default:
		x.observation.Ended(x, err)
		x.observation = nil
	}
}

// waitsFor is the name of the host function that has parked the execution.
func (x *Execution) waitsFor() string { return x.registration.group.image.bindings.name(x.parkedBy) }
