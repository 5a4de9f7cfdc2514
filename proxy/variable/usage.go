package variable

import "sync/atomic"

// used is what the variables of counted stores take. It is kept only for configurations that bound all variables together:
// without a bound no exchange touches what all processors share.
var used atomic.Int64

// Used returns what the variables of all counted stores and those of scope proc count for together.
func Used() int { return int(used.Load() + Global.size.Load()) }

// Count makes the variables of s part of what Used returns, from now until it is reset.
func (s *Store) Count() {
	if !s.counted {
		s.counted = true
		used.Add(int64(s.Size()))
	}
}
