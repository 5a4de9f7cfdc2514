package host

import (
	"context"
	"math/rand/v2"
	"sync"
	"sync/atomic"
)

// group is the instances that may run some registrations: a fixed number, shared by all their executions, a number that
// grows with what runs at a time, or a pool of fresh ones.
type group struct {
	image      *Image
	instances  []*instance // those that it begins with
	growth     *growth     // nil: there will never be more
	pool       *pool       // nil: instances are used again as they are
	transient  bool        // the only instance has the function since it runs, and loses it when it is replaced
	generation uint32      // of the instance that has it
}

// claim returns an instance whose turn the caller then holds.
func (g *group) claim(ctx context.Context) (*instance, error) {
	if g.pool != nil {
		return g.pool.get(ctx, g.image)
	}
	instances := g.instances
	if g.growth != nil {
		instances = *g.growth.instances.Load()
	}
	in := instances[0]
	if n := len(instances); n > 1 || g.growth != nil {
		at := rand.IntN(n)
		for i := range n {
			if in = instances[(at+i)%n]; in.turn.tryAcquire() {
				return in.claimed()
			}
		}
		if g.growth != nil {
			if in := g.growth.grow(ctx, g.image, n); in != nil {
				return in.claimed()
			}
		}
		in = instances[at]
	}
	if err := in.turn.acquire(ctx); err != nil {
		return nil, err
	}
	if g.transient && !in.closed && in.generation != g.generation {
		in.turn.release()
		return nil, ErrReset
	}
	return in.claimed()
}

func (g *group) close() {
	if g.pool != nil {
		g.pool.close()
	}
	instances := g.instances
	if g.growth != nil {
		instances = g.growth.close()
	}
	for _, in := range instances {
		in.closeInTurn()
	}
}

// growth adds instances to a group as executions want to run at the same time. Nothing that they change outlives an
// execution, so that it makes no difference which instance runs it.
type growth struct {
	limit     int
	instances atomic.Pointer[[]*instance] // is replaced, not changed

	mu     sync.Mutex // of those who replace it
	closed bool       // guarded by mu
}

func newGrowth(limit int, instances []*instance) *growth {
	g := &growth{limit: limit}
	g.instances.Store(&instances)
	return g
}

// grow returns a new instance, with its turn taken, where there are not more than seen already. It returns nil where
// there must not be more, or cannot be: then it is best to wait for one of the others.
func (g *growth) grow(ctx context.Context, image *Image, seen int) *instance {
	if seen >= g.limit {
		return nil
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	instances := *g.instances.Load()
	if g.closed || len(instances) >= g.limit {
		return nil
	}
	in, err := newInstance(ctx, image, len(instances))
	if err != nil {
		return nil
	}
	in.turn.tryAcquire()
	grown := append(instances[:len(instances):len(instances)], in)
	g.instances.Store(&grown)
	return in
}

// close lets it grow no more, and returns all instances.
func (g *growth) close() []*instance {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.closed = true
	return *g.instances.Load()
}
