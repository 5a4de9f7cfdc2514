package variable

import (
	"sync"
	"sync/atomic"

	"tidelock/proxy/value"
)

// Global holds the variables of scope proc. There is one per process, because that is what the scope means: the
// variables outlive a reload of the configuration.
var Global Shared

// Shared is a Store that is safe for concurrent use. The zero value is empty.
type Shared struct {
	mu     sync.RWMutex
	values map[ID]value.Value // guarded by mu; the bytes of a value never change once it is stored
	size   atomic.Int64       // of all of them, as a Store counts
}

// Get returns the value of a variable, or none. Its bytes stay valid.
func (s *Shared) Get(id ID) value.Value {
	s.mu.RLock()
	v := s.values[id]
	s.mu.RUnlock()
	return v
}

// Set gives a variable a copy of v.
func (s *Shared) Set(id ID, v value.Value) {
	v = v.Clone()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.values == nil {
		s.values = make(map[ID]value.Value)
	}
	s.size.Add(s.growth(id, len(v.Data)))
	s.values[id] = v
}

// Growth is that of a Store.
func (s *Shared) Growth(id ID, n int) int {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return int(s.growth(id, n))
}

// growth needs mu.
func (s *Shared) growth(id ID, n int) int64 {
	if old, there := s.values[id]; there {
		return int64(n - len(old.Data))
	}
	return int64(entrySize + n)
}

// Delete unsets a variable and reports whether it was set.
func (s *Shared) Delete(id ID) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	old, ok := s.values[id]
	if ok {
		s.size.Add(-int64(entrySize + len(old.Data)))
		delete(s.values, id)
	}
	return ok
}
