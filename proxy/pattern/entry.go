// Package pattern keeps the sets of patterns that ACLs and maps compare samples with (HAProxy's manual, sections 7.1 and
// 7.3.1, "map"). A set comes from a file or from the words of an ACL; one file is loaded once, whoever uses it. For each
// way in which a set is matched it has an Index.
//
// Sets change while traffic runs. Whoever looks something up takes no lock: an index is an immutable structure behind an
// atomic pointer. A change makes a new structure that shares with the old one all but the way to what changed, so that
// adding a line to a million others costs microseconds.
package pattern

import "sync/atomic"

// Entry is a pattern of a set and, in a map, what it stands for. Pattern and reference never change.
type Entry struct {
	key   string
	ref   uint64 // unique in its set, and greater than those of the entries before it
	value atomic.Pointer[[]byte]
}

// Key returns the pattern as it was written.
func (e *Entry) Key() string { return e.key }

// Ref returns the number by which changes may name this very entry.
func (e *Entry) Ref() uint64 { return e.ref }

// Value returns what the pattern stands for, nil when its set is no map. The bytes must not be changed.
func (e *Entry) Value() []byte {
	if v := e.value.Load(); v != nil {
		return *v
	}
	return nil
}
