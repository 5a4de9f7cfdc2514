package pattern

import (
	"errors"
	"iter"
	"slices"
	"sync"

	"tidelock/proxy/notify"
)

// Set is a list of patterns in versions, of which one is matched. All methods are safe for concurrent use; changes wait
// for each other.
type Set struct {
	name   string // of its file, or ""
	number int
	pairs  bool // each line has a value beside its pattern
	acl    bool // an ACL uses it
	mapped bool // a map does

	changes notify.Topic[Change]

	mu          sync.Mutex
	description string              // guarded by mu, like all below
	current     uint32              // the version that is matched
	next        uint32              // the last one that was prepared
	versions    map[uint32]sequence // those that have entries
	lastRef     uint64
	indexes     []*Index
	outputs     []Output
}

// Errors of changes.
var (
	ErrFutureVersion   = errors.New("version number in the future")
	ErrVersionRange    = errors.New("version number out of range")
	ErrEntryNotFound   = errors.New("entry not found")
	ErrPatternNotFound = errors.New("key or pattern not found")
)

// Name returns the name of the set's file, or "".
func (s *Set) Name() string { return s.name }

// Number returns what identifies the set beside its name.
func (s *Set) Number() int { return s.number }

// Pairs reports whether the set has values beside its patterns.
func (s *Set) Pairs() bool { return s.pairs }

// UsedByACL and UsedByMap report what the set is for; it may be both.
func (s *Set) UsedByACL() bool { return s.acl }

// UsedByMap is described at UsedByACL.
func (s *Set) UsedByMap() bool { return s.mapped }

// State is what is to be told of a set at one moment.
type State struct {
	Description   string
	Current, Next uint32
	Entries       int // of all versions
}

// State returns the state of s.
func (s *Set) State() State {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := State{Description: s.description, Current: s.current, Next: s.next}
	for _, entries := range s.versions {
		t.Entries += entries.length
	}
	return t
}

// Entries returns the entries that a version has at this moment. They may be read at leisure: s is not locked.
func (s *Set) Entries(version uint32) iter.Seq[*Entry] {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.versions[version].all()
}

// Current returns the version that is matched.
func (s *Set) Current() uint32 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.current
}

// Indexes returns the ways in which the set is matched.
func (s *Set) Indexes() []*Index {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.indexes)
}

// index returns an index by method, made when there is none alike.
func (s *Set) index(method *Method, fold bool, resolve Resolver) (*Index, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, x := range s.indexes {
		if x.method == method && x.fold == fold {
			return x, nil
		}
	}
	x := &Index{set: s, method: method, fold: fold}
	made, err := method.arrange(slices.Collect(s.versions[s.current].all()), fold, resolve)
	if err != nil {
		return nil, err
	}
	x.current.Store(&made)
	s.indexes = append(s.indexes, x)
	return x, nil
}

// Add adds an entry behind those of the current version, even if one with its pattern is there. Value is nil where there is none.
//
// Errors: the pattern or the value is not of the kind that one of the set's users needs. Then nothing has changed.
func (s *Set) Add(key string, value []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.add(s.current, key, value)
}

// AddOnce is Add without a value, unless an entry with the pattern is there.
func (s *Set) AddOnce(key string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.withKey(key)) > 0 {
		return nil
	}
	return s.add(s.current, key, nil)
}

// Put is Update, or Add when there is nothing to update.
func (s *Set) Put(key string, value []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if found := s.withKey(key); len(found) > 0 {
		return s.change(found, value)
	}
	return s.add(s.current, key, value)
}

// AddVersion is Add for any version that Prepare has returned.
func (s *Set) AddVersion(version uint32, key string, value []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if later(version, s.next) {
		return ErrFutureVersion
	}
	return s.add(version, key, value)
}

func (s *Set) add(version uint32, key string, value []byte) error {
	if err := s.checkValue(value); err != nil {
		return err
	}
	e := &Entry{key: key, ref: s.lastRef + 1}
	if value != nil {
		e.value.Store(&value)
	}
	changed := make([]structure, len(s.indexes))
	for i, x := range s.indexes {
		var err error
		if changed[i], err = (*x.current.Load()).with(e); err != nil {
			return err
		}
	}
	s.lastRef++
	s.versions[version] = s.versions[version].with(e)
	if version == s.current {
		s.publish(changed)
		s.changes.Tell(Added)
	}
	return nil
}

// publish lets each index find by its new structure.
func (s *Set) publish(changed []structure) {
	for i, x := range s.indexes {
		x.current.Store(&changed[i])
	}
}

// Delete removes all entries of the current version that have a pattern, and returns how many there were.
func (s *Set) Delete(key string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	found := s.withKey(key)
	for _, e := range found {
		s.remove(e)
	}
	if len(found) > 0 {
		s.changes.Tell(Deleted)
	}
	return len(found)
}

// DeleteRef removes one entry of the current version. It reports false when there is none with this reference.
func (s *Set) DeleteRef(ref uint64) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	e := s.versions[s.current].at(ref)
	if e != nil {
		s.remove(e)
		s.changes.Tell(Deleted)
	}
	return e != nil
}

func (s *Set) remove(e *Entry) {
	changed := make([]structure, len(s.indexes))
	for i, x := range s.indexes {
		changed[i] = (*x.current.Load()).without(e)
	}
	s.publish(changed)
	s.versions[s.current] = s.versions[s.current].without(e)
}

// Update gives all entries of the current version that have a pattern another value.
//
// Errors: ErrEntryNotFound, or the value is not of the kind that one of the set's users needs.
func (s *Set) Update(key string, value []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	found := s.withKey(key)
	if len(found) == 0 {
		return ErrEntryNotFound
	}
	return s.change(found, value)
}

// UpdateRef is Update for one entry. Errors: ErrPatternNotFound, and those of the value.
func (s *Set) UpdateRef(ref uint64, value []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	e := s.versions[s.current].at(ref)
	if e == nil {
		return ErrPatternNotFound
	}
	return s.change([]*Entry{e}, value)
}

// change gives entries another value.
func (s *Set) change(entries []*Entry, value []byte) error {
	if err := s.checkValue(value); err != nil {
		return err
	}
	for _, e := range entries {
		e.value.Store(&value)
	}
	s.changes.Tell(Updated)
	return nil
}

// withKey returns the entries of the current version that have a pattern, by an index where one can tell.
func (s *Set) withKey(key string) (found []*Entry) {
	for _, x := range s.indexes {
		if finder, ok := (*x.current.Load()).(keyFinder); ok && !x.fold {
			return finder.findKey(key)
		}
	}
	for e := range s.versions[s.current].all() {
		if e.key == key {
			found = append(found, e)
		}
	}
	return found
}
