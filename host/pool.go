package host

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"
)

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
	started := time.Now()
	clean := !in.closed && !in.spoiled && in.body.reset(in.image)
	in.natives.reset()
	if clean {
		in.image.engine.work.resets.add(started)
	}
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
