package sticktable

import "slices"

// Tables are the tables of a configuration, by the names of the proxies that declare them. It is filled before the
// first exchange and not changed later.
type Tables struct {
	byName map[string]*Table
	all    []*Table
}

// Add adds a table.
func (s *Tables) Add(t *Table) {
	if s.byName == nil {
		s.byName = map[string]*Table{}
	}
	s.byName[t.Name] = t
	s.all = append(s.all, t)
}

// Named returns the table of a proxy, or nil. Nil Tables have none.
func (s *Tables) Named(name string) *Table {
	if s == nil {
		return nil
	}
	return s.byName[name]
}

// All returns all tables, the last declared first, as HAProxy lists them.
func (s *Tables) All() []*Table {
	if s == nil {
		return nil
	}
	all := slices.Clone(s.all)
	slices.Reverse(all)
	return all
}
