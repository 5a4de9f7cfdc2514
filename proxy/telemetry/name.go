package telemetry

import (
	"maps"
	"sync"
	"sync/atomic"
)

// name is what a frontend, or a server of a backend, has in the configuration. It outlives the objects, which a reload makes
// anew: those who keep something by it keep no configuration that has been replaced.
type name struct{ proxy, server string }

// byName finds values by their names. It is read without a lock, and grows by copying.
type byName[V any] struct {
	mu    sync.Mutex
	known atomic.Pointer[map[name]V]
}

// all returns what there is. It is not to be changed.
func (b *byName[V]) all() map[name]V {
	if known := b.known.Load(); known != nil {
		return *known
	}
	return nil
}

// get returns the value of a name, which make makes if it is new.
func (b *byName[V]) get(n name, make func() V) V {
	if v, ok := b.all()[n]; ok {
		return v
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if v, ok := b.all()[n]; ok {
		return v
	}
	grown := maps.Clone(b.all())
	if grown == nil {
		grown = map[name]V{}
	}
	v := make()
	grown[n] = v
	b.known.Store(&grown)
	return v
}
