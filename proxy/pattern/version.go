package pattern

import "slices"

// Prepare returns the number of a new, empty version, which Commit can make the current one.
func (s *Set) Prepare() uint32 {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.next++
	return s.next
}

// Commit makes a prepared version the current one, in one step for each way of matching, and drops those before it.
//
// Errors: ErrVersionRange.
func (s *Set) Commit(version uint32) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !later(version, s.current) || later(version, s.next) {
		return ErrVersionRange
	}
	if err := s.replace(slices.Collect(s.versions[version].all())); err != nil {
		return err
	}
	s.current = version
	for v := range s.versions {
		if later(version, v) {
			delete(s.versions, v)
		}
	}
	return nil
}

// Clear removes all entries of a version.
func (s *Set) Clear(version uint32) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if version == s.current {
		// Without entries there is nothing that could be wrong with one.
		_ = s.replace(nil)
	}
	delete(s.versions, version)
}

// ClearCurrent removes all entries of the version that is matched.
func (s *Set) ClearCurrent() {
	s.mu.Lock()
	defer s.mu.Unlock()
	_ = s.replace(nil) // as in Clear
	delete(s.versions, s.current)
}

// replace lets the indexes find by other entries. Names are resolved no more: what came at run time had to be addresses.
func (s *Set) replace(entries []*Entry) error {
	made := make([]structure, len(s.indexes))
	for i, x := range s.indexes {
		var err error
		if made[i], err = x.method.arrange(entries, x.fold, nil); err != nil {
			return err
		}
	}
	s.publish(made)
	return nil
}

// later reports whether version a comes after b. Their numbers wrap around.
func later(a, b uint32) bool { return int32(a-b) > 0 }
