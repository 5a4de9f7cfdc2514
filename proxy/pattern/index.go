package pattern

import (
	"sync/atomic"

	"tidelock/proxy/value"
)

// Index finds the entries of a set's current version by one method. Any number of goroutines may use it at once; they
// never wait.
type Index struct {
	set     *Set
	method  *Method
	fold    bool
	current atomic.Pointer[structure]
}

// Set returns the set that x is of.
func (x *Index) Set() *Set { return x.set }

// Method returns the method that x finds by.
func (x *Index) Method() *Method { return x.method }

// Fold reports whether x ignores the case of letters.
func (x *Index) Fold() bool { return x.fold }

// Find returns the entry that a sample matches, or nil. Of several it is the one with the finest pattern where the method
// has a tree, else the first. What it needs to cast the sample it keeps in s.
func (x *Index) Find(v value.Value, s *value.Scratch) *Entry {
	if v = v.Cast(x.method.Input, s); !v.Valid() {
		return nil
	}
	if x.fold && x.method.folds {
		b := append(s.Buffer(), v.Data...)
		foldBytes(b)
		v.Data = s.Keep(b)
	}
	return (*x.current.Load()).find(v)
}
