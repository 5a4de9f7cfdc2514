package host

import (
	"context"
	"sync"
	"sync/atomic"
)

// turn is a lock that is handed on in the order of arrival: executions that share an instance take turns. Unlike a
// sync.Mutex it tells its holder that others wait, and waiting for it can be given up.
type turn struct {
	mu      sync.Mutex
	held    bool            // guarded by mu
	queue   []chan struct{} // guarded by mu
	waiting atomic.Int32    // length of queue, for the holder to read without the lock
}

func (t *turn) tryAcquire() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.held {
		return false
	}
	t.held = true
	return true
}

func (t *turn) acquire(ctx context.Context) error {
	t.mu.Lock()
	if !t.held {
		t.held = true
		t.mu.Unlock()
		return nil
	}
	mine := make(chan struct{})
	t.queue = append(t.queue, mine)
	t.waiting.Store(int32(len(t.queue)))
	t.mu.Unlock()

	select {
	case <-mine:
		return nil
	case <-ctx.Done():
	}
	t.mu.Lock()
	for i, other := range t.queue {
		if other == mine {
			t.queue = append(t.queue[:i], t.queue[i+1:]...)
			t.waiting.Store(int32(len(t.queue)))
			t.mu.Unlock()
			return context.Cause(ctx)
		}
	}
	t.mu.Unlock()
	t.release() // it was handed to us just now
	return context.Cause(ctx)
}

func (t *turn) release() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.queue) == 0 {
		t.held = false
		return
	}
	next := t.queue[0]
	t.queue = append(t.queue[:0], t.queue[1:]...)
	t.waiting.Store(int32(len(t.queue)))
	close(next)
}

// contended reports whether somebody waits for the turn.
func (t *turn) contended() bool { return t.waiting.Load() > 0 }
