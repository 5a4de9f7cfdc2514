package admin

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"sync"
	"sync/atomic"

	"tidelock/host"
)

// Executions shows executions to viewers. While there is no viewer it looks at nothing but tasks, of which there are few
// and which a viewer wants to see though they began before it came.
//
// A viewer that does not keep up misses some: nothing waits for it.
type Executions struct {
	history int // of each viewer
	number  atomic.Uint64
	looking atomic.Int32 // len(viewers)

	mu      sync.Mutex
	viewers map[*Viewer]struct{}    // guarded by mu
	live    map[uint64]*observation // guarded by mu, as is what it points to
}

// NewExecutions keeps up to history states for each viewer to fetch.
func NewExecutions(history int) *Executions {
	return &Executions{history: history, viewers: make(map[*Viewer]struct{}), live: make(map[uint64]*observation)}
}

var _ host.Observer = (*Executions)(nil)

// Started implements host.Observer.
func (e *Executions) Started(ctx context.Context, x *host.Execution) (context.Context, host.Observation) {
	r := x.Registration()
	if e.looking.Load() == 0 && r.Kind != host.KindTask {
		return ctx, nil
	}
	o := &observation{all: e, execution: begun(e.number.Add(1), r)}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.live[o.execution.ID] = o
	e.show(&o.execution)
	return ctx, o
}

// show tells the viewers. The caller holds mu.
func (e *Executions) show(x *Execution) {
	for v := range e.viewers {
		if v.filter.Passes(x) {
			v.offer(x)
		}
	}
}

// observation is what is known of an execution that goes on.
type observation struct {
	all       *Executions
	execution Execution
}

// change tells the viewers of a new state.
func (o *observation) change(to func(*Execution)) {
	o.all.mu.Lock()
	defer o.all.mu.Unlock()
	to(&o.execution)
	if o.execution.State == Ended {
		delete(o.all.live, o.execution.ID)
	}
	o.all.show(&o.execution)
}

// Waiting implements host.Observation.
func (o *observation) Waiting(function string) {
	o.change(func(x *Execution) { x.waits(function) })
}

// Resumed implements host.Observation.
func (o *observation) Resumed() { o.change((*Execution).goesOn) }

// Ended implements host.Observation.
func (o *observation) Ended(x *host.Execution, err error) {
	o.change(func(record *Execution) { record.ends(x, err) })
}

// Viewer receives states of executions.
type Viewer struct {
	all    *Executions
	filter Filter
	states chan Execution
	missed atomic.Int64
}

// View begins with the executions that go on and are known. The viewer has to be closed.
func (e *Executions) View(f Filter) *Viewer {
	v := &Viewer{all: e, filter: f, states: make(chan Execution, e.history)}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.viewers[v] = struct{}{}
	e.looking.Add(1)
	for _, o := range slices.SortedFunc(maps.Values(e.live), func(a, b *observation) int {
		return cmp.Compare(a.execution.ID, b.execution.ID)
	}) {
		if f.Passes(&o.execution) {
			v.offer(&o.execution)
		}
	}
	return v
}

// offer gives the viewer a copy, if it has room.
func (v *Viewer) offer(x *Execution) {
	if len(v.states) == cap(v.states) { // nobody else adds: the caller holds mu
		v.missed.Add(1)
		return
	}
	copied := *x
	copied.Waits = slices.Clone(x.Waits)
	v.states <- copied
}

// States are what the viewer has not seen yet.
func (v *Viewer) States() <-chan Execution { return v.states }

// Missed returns how many states were dropped since it was last asked.
func (v *Viewer) Missed() int64 { return v.missed.Swap(0) }

// Close ends the viewing. What is not finished is watched to its end only by those who still look.
func (v *Viewer) Close() {
	v.all.mu.Lock()
	defer v.all.mu.Unlock()
	delete(v.all.viewers, v)
	v.all.looking.Add(-1)
}
