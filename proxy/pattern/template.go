package pattern

import (
	"sync/atomic"

	"tidelock/proxy/regex"
	"tidelock/proxy/value"
)

// templated is a regular expression whose value takes parts of the sample.
type templated struct {
	*regex.Regexp
	template *atomic.Pointer[template]
}

// template is a value as it was parsed when it was first used: set map may have changed it since.
type template struct {
	of []byte
	regex.Replacement
}

func arrangeTemplates(entries []*Entry, fold bool, resolve Resolver) (structure, error) {
	return arrangeList(parseTemplated, templated.matches)(entries, fold, resolve)
}

func parseTemplated(text string, fold bool) (templated, error) {
	r, err := regex.Compile(text, fold)
	return templated{r, new(atomic.Pointer[template])}, err
}

func (t templated) matches(v value.Value) bool { return t.Match(v.Data) }

// Expand appends the value of the first entry that text matches, with \0 to \9 replaced by what the pattern and its
// groups matched. It reports false when none matches. The index must be one of Regm.
func (x *Index) Expand(dst, text []byte) ([]byte, bool) {
	l := (*x.current.Load()).(*list[templated])
	for i := range l.items {
		item := &l.items[i]
		match := item.pattern.Find(text)
		if match == nil {
			continue
		}
		v := item.entry.Value()
		t := item.pattern.template.Load()
		if t == nil || !same(t.of, v) {
			t = &template{v, regex.ParseReplacement(string(v))}
			item.pattern.template.Store(t)
		}
		return t.Expand(dst, text, match), true
	}
	return dst, false
}

// same reports whether two values are one: none is changed in place.
func same(a, b []byte) bool {
	return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0])
}
