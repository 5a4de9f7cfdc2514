// Package sticktable keeps data by key for a while: which server a client was sent to, how often an address came, what a
// rule noted of it (manual, section 4.2, "stick-table"). Tables are bounded in size, their entries in time.
package sticktable

import (
	"slices"
	"strings"
	"sync"
	"time"
)

// Config is what a stick-table statement says.
type Config struct {
	Name    string // of the proxy that declares it
	Type    KeyType
	Length  int           // most bytes of a string, and the length of a binary
	Size    int           // most entries
	Expire  time.Duration // from an entry's last use, 0 for never
	NoPurge bool          // refuse new entries when full, instead of dropping the oldest
	Store   []Stored
}

// Table is a table. Its methods are safe for concurrent use.
type Table struct {
	Config
	columns []Stored // in the order of the registry
	at      []int    // of each data type, the first cell; -1 where the table does not store it
	cells   int
	epoch   time.Time

	mu             sync.Mutex
	entries        map[string]*Entry
	oldest, newest *Entry // in the order of their last use, which is the one in which they expire
}

// New returns an empty table.
func New(c Config) *Table {
	t := &Table{Config: c, entries: map[string]*Entry{}, epoch: time.Now()}
	t.columns = slices.SortedFunc(slices.Values(c.Store), func(a, b Stored) int { return a.Type.id - b.Type.id })
	t.at = make([]int, len(dataTypes))
	for i := range t.at {
		t.at[i] = -1
	}
	for _, column := range t.columns {
		t.at[column.Type.id] = t.cells
		t.cells += column.Elements
	}
	return t
}

// Columns returns what the table stores, in the order in which it is shown.
func (t *Table) Columns() []Stored { return t.columns }

// Stores reports whether the table stores an element.
func (t *Table) Stores(d *DataType, index int) bool {
	_, column := t.place(d, index)
	return column != nil
}

// place finds the cell of an element, or no column. The first elements of an array take the place of the types that have
// a name of their own.
func (t *Table) place(d *DataType, index int) (int, *Stored) {
	if t.at[d.id] < 0 && d.array != nil {
		d, index = d.array, d.index
	}
	if t.at[d.id] < 0 {
		return 0, nil
	}
	for i := range t.columns {
		if column := &t.columns[i]; column.Type == d && uint(index) < uint(column.Elements) {
			return t.at[d.id] + index, column
		}
	}
	return 0, nil
}

// now returns the milliseconds of the table's life, from 1 on: 0 means never.
func (t *Table) now() int64 { return time.Since(t.epoch).Milliseconds() + 1 }

// Lookup returns the entry of a key, or nil. It does not count as use.
func (t *Table) Lookup(key []byte) *Entry {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.find(key)
}

// Use returns the entry of a key, which is made if it does not exist, and starts its time to live anew. It returns nil
// when the table is full and nothing can be dropped.
func (t *Table) Use(key []byte) *Entry {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.use(key)
}

// Match returns the entry of a key and starts its time to live anew, or returns nil.
func (t *Table) Match(key []byte) *Entry {
	t.mu.Lock()
	defer t.mu.Unlock()
	e := t.find(key)
	if e != nil {
		t.touch(e)
	}
	return e
}

// Remove drops an entry, unless somebody tracks it, and reports whether it did.
func (t *Table) Remove(e *Entry) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if e.users > 0 || e.dropped {
		return false
	}
	t.drop(e)
	return true
}

// Used returns the number of entries.
func (t *Table) Used() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.expire()
	return len(t.entries)
}

// Entries returns all entries in the order of their keys.
func (t *Table) Entries() []*Entry {
	t.mu.Lock()
	t.expire()
	all := make([]*Entry, 0, len(t.entries))
	for _, e := range t.entries {
		all = append(all, e)
	}
	t.mu.Unlock()
	slices.SortFunc(all, func(a, b *Entry) int { return strings.Compare(a.key, b.key) })
	return all
}

// TimeToLive returns how long the entry will live if it is not used, 0 where entries do not expire.
func (e *Entry) TimeToLive() time.Duration {
	e.table.mu.Lock()
	defer e.table.mu.Unlock()
	if e.expires == 0 {
		return 0
	}
	return max(0, time.Duration(e.expires-e.table.now())*time.Millisecond)
}

// Idle returns how long ago the entry was last used.
func (e *Entry) Idle() time.Duration {
	e.table.mu.Lock()
	defer e.table.mu.Unlock()
	return time.Duration(e.table.now()-e.used) * time.Millisecond
}

// hold is Use for somebody who tracks the entry until release.
func (t *Table) hold(key []byte) *Entry {
	t.mu.Lock()
	defer t.mu.Unlock()
	e := t.use(key)
	if e != nil {
		e.users++
	}
	return e
}

func (t *Table) release(e *Entry) {
	t.mu.Lock()
	defer t.mu.Unlock()
	e.users--
	if !e.dropped {
		t.touch(e)
	}
}

// ---- under the lock ----

func (t *Table) find(key []byte) *Entry {
	e := t.entries[string(key)]
	if e != nil && e.users == 0 && e.expires != 0 && e.expires <= t.now() {
		t.drop(e)
		return nil
	}
	return e
}

func (t *Table) use(key []byte) *Entry {
	if e := t.find(key); e != nil {
		t.touch(e)
		return e
	}
	if len(t.entries) >= t.Size && !t.purge() {
		return nil
	}
	e := &Entry{table: t, key: string(key), cells: make([]rate, t.cells)}
	t.entries[e.key] = e
	t.append(e)
	return e
}

// touch makes e the newest entry.
func (t *Table) touch(e *Entry) {
	if e != t.newest {
		t.unlink(e)
		t.append(e)
	}
	e.setExpiry()
}

func (e *Entry) setExpiry() {
	e.used = e.table.now()
	if e.table.Expire > 0 {
		e.expires = e.used + e.table.Expire.Milliseconds()
	}
}

func (t *Table) append(e *Entry) {
	e.older = t.newest
	if t.newest != nil {
		t.newest.newer = e
	} else {
		t.oldest = e
	}
	t.newest = e
	e.setExpiry()
}

func (t *Table) unlink(e *Entry) {
	if e.older != nil {
		e.older.newer = e.newer
	} else {
		t.oldest = e.newer
	}
	if e.newer != nil {
		e.newer.older = e.older
	} else {
		t.newest = e.older
	}
	e.older, e.newer = nil, nil
}

func (t *Table) drop(e *Entry) {
	t.unlink(e)
	delete(t.entries, e.key)
	e.dropped = true
}

// expire drops what has lived too long. Expired entries that are still tracked stand in the way of no others: their
// time starts anew when they are released.
func (t *Table) expire() {
	if t.Expire == 0 {
		return
	}
	now := t.now()
	for e := t.oldest; e != nil && e.expires <= now; {
		next := e.newer
		if e.users == 0 {
			t.drop(e)
		}
		e = next
	}
}

// purge makes room in a full table and reports whether it could. It drops a few of the oldest at once, so that not every
// new entry has to look for one.
func (t *Table) purge() bool {
	t.expire()
	if t.NoPurge {
		return len(t.entries) < t.Size
	}
	want := t.Size>>8 + 1
	for e := t.oldest; e != nil && len(t.entries) > t.Size-want; {
		next := e.newer
		if e.users == 0 {
			t.drop(e)
		}
		e = next
	}
	return len(t.entries) < t.Size
}
