package frontend

import "sync"

// Slots bound how many connections are open at a time. The bound can change while they are: those beyond a smaller one stay.
// The zero value bounds nothing. It is safe for concurrent use.
type Slots struct {
	mu    sync.Mutex
	limit int           // guarded by mu; 0 for no bound
	used  int           // guarded by mu
	freed chan struct{} // guarded by mu; closed when one may have become free, nil while nobody waits
}

// NewSlots returns slots for so many connections, 0 for no bound.
func NewSlots(limit int) *Slots { return &Slots{limit: limit} }

// Limit returns the bound, 0 for none.
func (s *Slots) Limit() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.limit
}

// Resize changes the bound, 0 for none.
func (s *Slots) Resize(limit int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.limit = limit
	s.wake()
}

// Take waits for a slot. It reports false when cut is closed first.
func (s *Slots) Take(cut <-chan struct{}) bool {
	for {
		s.mu.Lock()
		if s.limit == 0 || s.used < s.limit {
			s.used++
			s.mu.Unlock()
			return true
		}
		if s.freed == nil {
			s.freed = make(chan struct{})
		}
		freed := s.freed
		s.mu.Unlock()
		select {
		case <-freed:
		case <-cut:
			return false
		}
	}
}

// Give gives a slot back.
func (s *Slots) Give() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.used--
	s.wake()
}

// wake has those that wait look again: the listeners of a frontend, which are few. mu is held.
func (s *Slots) wake() {
	if s.freed != nil {
		close(s.freed)
		s.freed = nil
	}
}
