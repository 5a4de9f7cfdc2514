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
	if err := s.pending(version); err != nil {
		return err
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
	s.changes.Tell(Committed)
	return nil
}

// Pending checks that a version is one that can still be committed. Errors: ErrVersionRange.
func (s *Set) Pending(version uint32) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.pending(version)
}

func (s *Set) pending(version uint32) error {
	if !later(version, s.current) || later(version, s.next) {
		return ErrVersionRange
	}
	return nil
}

// DeletePending removes all entries of a prepared version that have a pattern, and returns how many there were. It looks at
// every entry: no index serves a version that is not matched. Errors: ErrVersionRange.
func (s *Set) DeletePending(version uint32, key string) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.pending(version); err != nil {
		return 0, err
	}
	found := s.pendingWithKey(version, key)
	for _, e := range found {
		s.versions[version] = s.versions[version].without(e)
	}
	return len(found), nil
}

// UpdatePending gives all entries of a prepared version that have a pattern another value, as DeletePending finds them.
//
// Errors: ErrVersionRange, ErrEntryNotFound, or the value is not of the kind that one of the set's users needs.
func (s *Set) UpdatePending(version uint32, key string, value []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.pending(version); err != nil {
		return err
	}
	found := s.pendingWithKey(version, key)
	if len(found) == 0 {
		return ErrEntryNotFound
	}
	if err := s.checkValue(value); err != nil {
		return err
	}
	for _, e := range found {
		e.value.Store(&value)
	}
	return nil
}

func (s *Set) pendingWithKey(version uint32, key string) (found []*Entry) {
	for e := range s.versions[version].all() {
		if e.key == key {
			found = append(found, e)
		}
	}
	return found
}

// Values returns the values of a pattern's entries in the version that is matched, in order; nil where an entry has none.
func (s *Set) Values(key string) (values [][]byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, e := range s.withKey(key) {
		values = append(values, e.Value())
	}
	return values
}

// Clear removes all entries of a version.
func (s *Set) Clear(version uint32) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if version == s.current {
		// Without entries there is nothing that could be wrong with one.
		_ = s.replace(nil)
		s.changes.Tell(Cleared)
	}
	delete(s.versions, version)
}

// ClearCurrent removes all entries of the version that is matched.
func (s *Set) ClearCurrent() {
	s.mu.Lock()
	defer s.mu.Unlock()
	_ = s.replace(nil) // as in Clear
	delete(s.versions, s.current)
	s.changes.Tell(Cleared)
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
