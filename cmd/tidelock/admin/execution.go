package admin

import (
	"errors"
	"slices"
	"strings"
	"time"

	"tidelock/host"
)

// Execution is what is told of one call of a script's function, each time that its state changes. Times are in nanoseconds.
type Execution struct {
	ID        uint64        `json:"id"`
	Kind      string        `json:"kind"` // of the registration: action, fetch, task...
	Name      string        `json:"name"`
	File      string        `json:"file"`
	Line      int           `json:"line"`
	Group     int           `json:"group,omitempty"` // of registrations that share memory
	Started   time.Time     `json:"started"`
	State     State         `json:"state"`
	Duration  time.Duration `json:"duration"` // until now, or in all
	Processor time.Duration `json:"processor,omitempty"`
	Fuel      int64         `json:"fuel,omitempty"`
	Memory    uint64        `json:"memory,omitempty"` // bytes of its instance
	Waits     []Wait        `json:"waits,omitempty"`  // the first of them
	WaitCount int           `json:"waitCount,omitempty"`
	Outcome   string        `json:"outcome,omitempty"` // once it has ended, one of Outcomes
	Error     string        `json:"error,omitempty"`
	Traceback string        `json:"traceback,omitempty"`
}

// State says what an execution does.
type State string

// States.
const (
	Running State = "running"
	Waiting State = "waiting" // for the last of its waits
	Ended   State = "ended"
)

// Wait is one wait of an execution.
type Wait struct {
	Function string        `json:"function"` // for what it waits, by its name in the prelude; "yield" to let others have the instance
	After    time.Duration `json:"after"`    // of the execution's start
	Duration time.Duration `json:"duration"` // 0 while it lasts
}

// Bounds of what is kept of one execution.
const (
	maxWaits = 32
	maxText  = 4 << 10 // bytes
)

// outcomes name how executions end.
var outcomes = []struct {
	kind error
	name string
}{
	{nil, "ok"}, {host.ErrScript, "error"}, {host.ErrTimeout, "timeout"}, {host.ErrOutOfFuel, "fuel"}, {host.ErrBusy, "busy"},
	{host.ErrOutOfMemory, "memory"}, {host.ErrKilled, "killed"},
	{host.ErrReset, "reset"}, {host.ErrCancelled, "cancelled"}, {host.ErrClosed, "closed"}, {host.ErrFault, "fault"},
}

// Outcomes are the names of how executions end.
func Outcomes() (names []string) {
	for _, o := range outcomes {
		names = append(names, o.name)
	}
	return names
}

func outcomeOf(err error) string {
	i := slices.IndexFunc(outcomes, func(o struct {
		kind error
		name string
	}) bool {
		return errors.Is(err, o.kind)
	})
	if i < 0 {
		return "fault"
	}
	return outcomes[i].name
}

// begun describes an execution that starts now.
func begun(id uint64, r *host.Registration) Execution {
	return Execution{
		ID: id, Kind: r.Kind, Name: r.Name, File: strings.TrimPrefix(r.Source, "@"), Line: r.Line, Group: r.Group,
		Started: time.Now(), State: Running,
	}
}

func (e *Execution) waits(function string) {
	if function == "" {
		function = "yield"
	}
	e.State, e.Duration = Waiting, time.Since(e.Started)
	if e.WaitCount++; len(e.Waits) < maxWaits {
		e.Waits = append(e.Waits, Wait{Function: function, After: e.Duration})
	}
}

func (e *Execution) goesOn() {
	e.State, e.Duration = Running, time.Since(e.Started)
	if n := len(e.Waits); n > 0 && n == e.WaitCount {
		e.Waits[n-1].Duration = e.Duration - e.Waits[n-1].After
	}
}

func (e *Execution) ends(x *host.Execution, err error) {
	if e.State == Waiting {
		e.goesOn()
	}
	e.State, e.Duration = Ended, time.Since(e.Started)
	e.Processor, e.Fuel, e.Memory = x.ProcessorTime(), x.Fuel(), x.Memory()
	e.Outcome = outcomeOf(err)
	var failed *host.ExecutionError
	if errors.As(err, &failed) {
		e.Error, e.Traceback = shortened(failed.Message), shortened(failed.Traceback)
	}
}

func shortened(text string) string {
	if len(text) > maxText {
		return strings.ToValidUTF8(text[:maxText], "") + "..."
	}
	return text
}
