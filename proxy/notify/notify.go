// Package notify tells subscribers of what happens, at once and in its order.
//
// The package imports nothing of ours.
package notify

import (
	"slices"
	"sync"
	"sync/atomic"
)

// Topic is something that happens again and again. The zero value has no subscribers; telling it costs one load then.
type Topic[E any] struct {
	mu          sync.Mutex                         // serialises changes
	subscribers atomic.Pointer[[]*subscription[E]] // nil for none
}

type subscription[E any] struct{ tell func(E) }

// Subscribe has f told of all that happens until end is called. It is called by whoever caused the event, with locks
// held: it must neither wait nor call back. A call that runs while the subscription ends may still reach it.
func (t *Topic[E]) Subscribe(f func(E)) (end func()) {
	s := &subscription[E]{f}
	t.change(func(all []*subscription[E]) []*subscription[E] { return append(slices.Clone(all), s) })
	return func() {
		t.change(func(all []*subscription[E]) []*subscription[E] {
			return slices.DeleteFunc(slices.Clone(all), func(other *subscription[E]) bool { return other == s })
		})
	}
}

func (t *Topic[E]) change(how func([]*subscription[E]) []*subscription[E]) {
	t.mu.Lock()
	defer t.mu.Unlock()
	var all []*subscription[E]
	if known := t.subscribers.Load(); known != nil {
		all = *known
	}
	if all = how(all); len(all) == 0 {
		t.subscribers.Store(nil)
		return
	}
	t.subscribers.Store(&all)
}

// Active reports whether anybody listens.
func (t *Topic[E]) Active() bool { return t.subscribers.Load() != nil }

// Tell tells the subscribers.
func (t *Topic[E]) Tell(e E) {
	if all := t.subscribers.Load(); all != nil {
		for _, s := range *all {
			s.tell(e)
		}
	}
}
