package host

import (
	"context"
	"errors"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"

	"tidelock/abi"
)

// Kinds of registrations that the host itself acts on. All others are the embedder's business.
const (
	KindMain = "main" // a chunk's main function, which runs when it is loaded
	KindInit = "init" // runs once, when the image is sealed
	KindTask = "task" // runs in the background from StartTasks on
)

// Registration is a function that a script registered under a kind and a name.
type Registration struct {
	Kind    string
	Name    string
	Source  string // chunk and line where the function is defined
	Line    int
	Options []byte // encoded values that came with it, for the embedder

	image  *Image
	number uint32 // by which the guest knows the function
	limits Limits
	group  *group
}

// group is the instances that may run a registration: a fixed number, shared by all their executions, or a pool of
// fresh ones.
type group struct {
	image      *Image
	instances  []*instance
	pool       *pool  // nil: instances are fixed
	transient  bool   // the only instance has the function since it runs, and loses it when it is replaced
	generation uint32 // of the instance that has it
}

// claim returns an instance whose turn the caller then holds.
func (r *Registration) claim(ctx context.Context) (*instance, error) {
	g := r.group
	if g.pool != nil {
		return g.pool.get(ctx, g.image)
	}
	in := g.instances[0]
	if n := len(g.instances); n > 1 {
		at := rand.IntN(n)
		for i := range n {
			if in = g.instances[(at+i)%n]; in.turn.tryAcquire() {
				return in.claimed()
			}
		}
		in = g.instances[at]
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

// claimed checks an instance whose turn was just taken.
func (in *instance) claimed() (*instance, error) {
	var err error
	switch {
	case in.closed:
		err = ErrClosed
	case in.spoiled:
		if err = in.replace(); err == nil && in.spoiled {
			err = errSpoiled
		}
	}
	if err != nil {
		in.turn.release()
		return nil, err
	}
	return in, nil
}

var errSpoiled = errors.New("the interpreter was stopped in the middle of an earlier chunk")

// unclaim gives an instance back.
func (r *Registration) unclaim(in *instance) {
	if r.group.pool != nil {
		r.group.pool.put(in)
	}
	in.turn.release()
}

func (g *group) close() {
	if g.pool != nil {
		g.pool.close()
	}
	for _, in := range g.instances {
		in.closeInTurn()
	}
}

// pool keeps clean instances for executions that each want their own.
type pool struct {
	limit int // of idle instances kept

	mu     sync.Mutex
	all    map[*instance]struct{} // idle or in use; guarded by mu
	idle   []*instance            // guarded by mu
	closed bool                   // guarded by mu
}

func (p *pool) get(ctx context.Context, image *Image) (*instance, error) {
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		return nil, ErrClosed
	}
	if n := len(p.idle); n > 0 {
		in := p.idle[n-1]
		p.idle = p.idle[:n-1]
		p.mu.Unlock()
		in.turn.acquire(context.Background()) //nolint:errcheck // free, but for who puts it back or closes it just now
		return in.claimed()
	}
	in := &instance{image: image}
	in.turn.tryAcquire() // before close can see it, which then waits until the image is no longer needed
	p.all[in] = struct{}{}
	p.mu.Unlock()
	var err error
	if in.body, err = newBody(ctx, in); err != nil {
		in.closed = true
		p.put(in)
		in.turn.release()
		return nil, err
	}
	return in, nil
}

// put takes an instance back, made equal to its image. It closes one that cannot be, or that is one too many.
func (p *pool) put(in *instance) {
	clean := !in.closed && !in.spoiled && in.body.reset(in.image)
	in.slots, in.nextSlot = in.slots[:0], 0
	p.mu.Lock()
	keep := clean && !p.closed && len(p.idle) < p.limit
	if keep {
		p.idle = append(p.idle, in)
	} else {
		delete(p.all, in)
	}
	p.mu.Unlock()
	if !keep {
		in.close()
	}
}

func (p *pool) close() {
	p.mu.Lock()
	p.closed = true
	p.idle = nil
	all := slices.Collect(maps.Keys(p.all))
	p.mu.Unlock()
	for _, in := range all {
		in.closeInTurn()
	}
}

// compile gives a chunk to the guest, which compiles it and says the number of its main function.
func (r *Registration) compile(ctx context.Context, chunk Chunk, trusted bool) error {
	x := r.Begin(ctx, nil)
	defer x.End()
	x.Arguments.String(chunk.Name)
	x.Arguments.String(chunk.Source)
	x.Arguments.Bool(trusted)
	in, err := r.claim(ctx)
	if err != nil {
		return x.unstarted(err)
	}
	defer r.unclaim(in)
	x.instance = in
	if err := in.deliver(x.Arguments.Bytes()); err != nil {
		return x.undelivered(err)
	}
	outcome, length, err := x.enterSeldom(abi.ExportLoad, uint64(x.Arguments.Len()))
	if err != nil {
		return x.broken(err)
	}
	values := abi.NewReader(in.left(length))
	if outcome != abi.Done {
		kind := ErrScript
		if outcome == abi.OutOfMemory {
			kind = ErrOutOfMemory
		}
		return x.fail(kind, string(values.Next().Bytes), "")
	}
	number := values.Next()
	if number.Type != abi.Integer {
		return x.fail(ErrFault, "load returned no number", "")
	}
	r.number = uint32(number.Int)
	return nil
}
