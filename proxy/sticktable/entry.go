package sticktable

import "sync"

// Entry is one key of a table with its data. Its methods are safe for concurrent use; they work on an entry that the
// table has dropped, too, which then nobody else will find.
type Entry struct {
	table *Table
	key   string

	// Guarded by table.mu.
	used         int64 // when it was last used, in the table's milliseconds
	users        int   // who track it: it is neither purged nor expired meanwhile
	expires      int64 // in the table's milliseconds, 0 for never
	dropped      bool
	older, newer *Entry

	mu     sync.Mutex
	cells  []rate // by the table's columns; of a plain number only current is used
	server string
}

// Get returns the value of an element, and whether the table stores it.
func (e *Entry) Get(d *DataType, index int) (uint64, bool) {
	at, column := e.table.place(d, index)
	if column == nil {
		return 0, false
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if d.Form == Rate {
		return e.cells[at].read(e.table.now(), column.Period.Milliseconds()), true
	}
	return e.cells[at].current, true
}

// Add adds n to an element, which counts as n events to a rate, and returns its new value and whether the table stores
// it. Numbers of 32 bits wrap around.
func (e *Entry) Add(d *DataType, index int, n int64) (uint64, bool) {
	at, column := e.table.place(d, index)
	if column == nil {
		return 0, false
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	cell := &e.cells[at]
	switch d.Form {
	case Rate:
		now, period := e.table.now(), column.Period.Milliseconds()
		cell.add(uint64(n), now, period)
		return cell.read(now, period), true
	case Current:
		if n < 0 && cell.current == 0 { // it was set to less from outside
			return 0, true
		}
	}
	cell.current = d.fit(cell.current + uint64(n))
	return cell.current, true
}

// Set sets an element and returns the value that it had and whether the table stores it.
func (e *Entry) Set(d *DataType, index int, n uint64) (uint64, bool) {
	at, column := e.table.place(d, index)
	if column == nil {
		return 0, false
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	cell := &e.cells[at]
	was := cell.current
	if d.Form == Rate {
		was = cell.read(e.table.now(), column.Period.Milliseconds())
		cell.set(d.fit(n), e.table.now())
	} else {
		cell.current = d.fit(n)
	}
	return was, true
}

// fit cuts n to what a column of the type holds.
func (d *DataType) fit(n uint64) uint64 {
	if d.Form == Count64 {
		return n
	}
	return uint64(uint32(n))
}

// Server returns the server that a stick rule stored, by its ID and name: 0 and "" for none.
func (e *Entry) Server() (id int, name string) {
	n, _ := e.Get(ServerID, 0)
	e.mu.Lock()
	defer e.mu.Unlock()
	return int(n), e.server
}

// SetServer stores a server.
func (e *Entry) SetServer(id int, name string) {
	e.Set(ServerID, 0, uint64(id))
	e.mu.Lock()
	defer e.mu.Unlock()
	e.server = name
}

// Key returns the key in the form in which the table keeps it.
func (e *Entry) Key() string { return e.key }

// Increment adds 1 to an element of a general purpose counter, and to its rate, where the table stores either. It
// returns the new value, of the counter if there is one, and whether the table stores either.
func Increment(e *Entry, d *DataType, index int) (uint64, bool) {
	r, rated := e.Add(d.rate, index, 1)
	if n, counted := e.Add(d, index, 1); counted {
		return n, true
	}
	return r, rated
}
