package host

import (
	"container/list"
	"context"
	"sync"
	"sync/atomic"
)

// turn is a lock that is handed on in the order of arrival: executions that share an instance take turns. Unlike a
// sync.Mutex it tells its holder that others wait, and waiting for it can be given up.
//
// Taking and releasing a free turn is one atomic operation each. Whoever finds it taken queues up under mu and then
// tries once more, and whoever releases it looks at the queue afterwards: of two that race, one sees the other.
type turn struct {
	held    atomic.Bool
	waiting atomic.Int32 // length of queue

	mu    sync.Mutex
	queue list.List // of chan struct{}, closed to hand the turn over; guarded by mu
}

func (t *turn) tryAcquire() bool { return t.held.CompareAndSwap(false, true) }

func (t *turn) acquire(ctx context.Context) error {
	if t.tryAcquire() {
		return nil
	}
	mine := make(chan struct{})
	t.mu.Lock()
	place := t.queue.PushBack(mine)
	t.waiting.Add(1)
	if t.tryAcquire() {
		t.leave(place)
		t.mu.Unlock()
		return nil
	}
	t.mu.Unlock()

	select {
	case <-mine:
		return nil
	case <-ctx.Done():
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	select {
	case <-mine: // handed over just now
		t.mu.Unlock()
		t.release()
		t.mu.Lock()
	default:
		t.leave(place)
	}
	return context.Cause(ctx)
}

func (t *turn) leave(place *list.Element) {
	t.queue.Remove(place)
	t.waiting.Add(-1)
}

func (t *turn) release() {
	if t.waiting.Load() == 0 {
		t.held.Store(false)
		if t.waiting.Load() == 0 || !t.tryAcquire() {
			return
		}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	first := t.queue.Front()
	if first == nil { // the last one gave up
		t.held.Store(false)
		return
	}
	t.leave(first)
	close(first.Value.(chan struct{}))
}

// contended reports whether somebody waits for the turn.
func (t *turn) contended() bool { return t.waiting.Load() > 0 }
