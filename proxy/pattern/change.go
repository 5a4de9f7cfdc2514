package pattern

import "tidelock/proxy/notify"

// Change is what happened to the version of a set that is matched.
type Change uint8

const (
	Added     Change = iota // an entry
	Deleted                 // the entries of a pattern
	Updated                 // the values of a pattern
	Committed               // another version is matched
	Cleared                 // no entry is left
)

var changeNames = [...]string{Added: "ADD", Deleted: "DEL", Updated: "SET", Committed: "COMMIT", Cleared: "CLEAR"}

// String returns the change's name in events.
func (c Change) String() string { return changeNames[c] }

// Changes tells of what happens to the version that is matched, with the set locked.
func (s *Set) Changes() *notify.Topic[Change] { return &s.changes }
