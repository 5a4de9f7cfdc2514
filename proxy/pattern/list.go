package pattern

import (
	"fmt"
	"slices"

	"tidelock/proxy/regex"
	"tidelock/proxy/value"
)

// list compares a sample with one pattern after the other. P is what a pattern is parsed to.
type list[P any] struct {
	parse   func(text string, fold bool) (P, error)
	matches func(pattern P, v value.Value) bool
	fold    bool
	items   []listItem[P]
}

type listItem[P any] struct {
	pattern P
	entry   *Entry
}

// listing makes the arrange function of a method whose patterns have no order that would help. What parse returns for a
// pattern does not depend on the case: with -i the sample and the pattern both come in lower case.
func listing[P any](parse func(text string) (P, error), matches func(P, value.Value) bool) func([]*Entry, bool, Resolver) (structure, error) {
	return arrangeList(func(text string, fold bool) (P, error) {
		if fold {
			text = foldCase(text)
		}
		return parse(text)
	}, matches)
}

func arrangeList[P any](parse func(text string, fold bool) (P, error), matches func(P, value.Value) bool) func([]*Entry, bool, Resolver) (structure, error) {
	return func(entries []*Entry, fold bool, _ Resolver) (structure, error) {
		l := &list[P]{parse: parse, matches: matches, fold: fold, items: make([]listItem[P], len(entries))}
		for i, e := range entries {
			pattern, err := parse(e.key, fold)
			if err != nil {
				return nil, &EntryError{i, err}
			}
			l.items[i] = listItem[P]{pattern, e}
		}
		return l, nil
	}
}

func (l *list[P]) find(v value.Value) *Entry {
	for i := range l.items {
		if item := &l.items[i]; l.matches(item.pattern, v) {
			return item.entry
		}
	}
	return nil
}

func (l *list[P]) with(e *Entry) (structure, error) {
	pattern, err := l.parse(e.key, l.fold)
	if err != nil {
		return nil, err
	}
	changed := *l
	// What append may overwrite lies behind all that earlier versions see.
	changed.items = append(l.items, listItem[P]{pattern, e})
	return &changed, nil
}

func (l *list[P]) without(e *Entry) structure {
	i := slices.IndexFunc(l.items, func(item listItem[P]) bool { return item.entry == e })
	changed := *l
	changed.items = slices.Delete(slices.Clone(l.items), i, i+1)
	return &changed
}

func parseRegex(text string, fold bool) (*regex.Regexp, error) { return regex.Compile(text, fold) }

func matchesRegex(r *regex.Regexp, v value.Value) bool { return r.Match(v.Data) }

// EntryError is an error about one of several entries.
type EntryError struct {
	Index int
	Err   error
}

func (e *EntryError) Error() string { return fmt.Sprintf("entry %d: %s", e.Index, e.Err) }

func (e *EntryError) Unwrap() error { return e.Err }
