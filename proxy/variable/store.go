package variable

import "tidelock/proxy/value"

// maxKept bounds the memory that an unset or replaced variable leaves behind for its successor.
const maxKept = 4 << 10

// Store holds the variables of one scope of one owner. The zero value is empty. It is not safe for concurrent use.
//
// An exchange has a handful of variables, so that a scan of a slice beats a map, and its memory can be used again.
type Store struct {
	entries []entry
	bytes   uint32 // of the values
	counted bool   // its size is part of what Used returns
}

// entrySize is what a variable counts for beside its bytes, as in HAProxy, so that limits mean the same.
const entrySize = 80

// Limits bound the memory of variables, in bytes; 0 is none. Those of a session include those of its transactions, and
// they those of their messages. Global and Process both bound all variables that there are, whatever their scope.
type Limits struct{ Global, Process, Session, Transaction, Message int }

// Size returns what the variables count for against a limit.
func (s *Store) Size() int { return len(s.entries)*entrySize + int(s.bytes) }

// Growth returns by how much Size would grow if a variable were set to a value of n bytes.
func (s *Store) Growth(id ID, n int) int {
	if e := s.find(id); e != nil {
		return n - len(e.value.Data)
	}
	return entrySize + n
}

// entry owns the bytes of its value.
type entry struct {
	id    ID
	value value.Value
}

// Get returns the value of a variable, or none. Its bytes stay valid until the variable is set again.
func (s *Store) Get(id ID) value.Value {
	if e := s.find(id); e != nil {
		return e.value
	}
	return value.Value{}
}

// Set gives a variable a copy of v.
func (s *Store) Set(id ID, v value.Value) {
	e := s.find(id)
	if s.counted {
		used.Add(int64(s.Growth(id, len(v.Data))))
	}
	if e == nil {
		e = s.grow()
		e.id = id
		s.bytes += uint32(len(v.Data))
	} else {
		s.bytes += uint32(len(v.Data)) - uint32(len(e.value.Data))
	}
	kept := e.value.Data
	if cap(kept) > maxKept {
		kept = nil
	}
	e.value = v
	// append copes with v's bytes lying in kept: a variable may be set to a part of itself.
	e.value.Data = append(kept[:0], v.Data...)
}

// Delete unsets a variable and reports whether it was set.
func (s *Store) Delete(id ID) bool {
	e := s.find(id)
	if e == nil {
		return false
	}
	if s.counted {
		used.Add(-int64(entrySize + len(e.value.Data)))
	}
	s.bytes -= uint32(len(e.value.Data))
	last := len(s.entries) - 1
	*e, s.entries[last] = s.entries[last], *e
	s.entries = s.entries[:last]
	return true
}

// Len returns how many variables are set.
func (s *Store) Len() int { return len(s.entries) }

// Reset unsets all variables and keeps memory for the next ones.
func (s *Store) Reset() {
	if s.counted {
		used.Add(-int64(s.Size()))
	}
	s.entries, s.bytes, s.counted = s.entries[:0], 0, false
}

func (s *Store) find(id ID) *entry {
	for i := range s.entries {
		if s.entries[i].id == id {
			return &s.entries[i]
		}
	}
	return nil
}

// grow returns one more entry. It may hold the bytes of an earlier one, which Set uses again.
func (s *Store) grow() *entry {
	if n := len(s.entries); n < cap(s.entries) {
		s.entries = s.entries[:n+1]
	} else {
		s.entries = append(s.entries, entry{})
	}
	return &s.entries[len(s.entries)-1]
}
