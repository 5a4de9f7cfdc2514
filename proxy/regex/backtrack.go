package regex

import (
	"time"

	"github.com/dlclark/regexp2/v2"
)

// timeout ends a search by backtracking, which then has found nothing. It is about what PCRE's limit on the number of
// steps comes to.
const timeout = 100 * time.Millisecond

// deadline is when a search for all matches ends. The zero value is never.
type deadline struct{ time.Time }

// deadline returns that of a search that begins now.
func (r *Regexp) deadline() deadline {
	if r.backtracking == nil {
		return deadline{}
	}
	return deadline{time.Now().Add(timeout)}
}

func (d deadline) passed() bool { return !d.IsZero() && time.Now().After(d.Time) }

// backtracking runs the patterns that RE2 cannot express.
type backtracking struct{ engine *regexp2.Regexp }

func newBacktracking(pattern string, fold bool) (*backtracking, error) {
	options := []regexp2.CompileOption{regexp2.RE2, regexp2.OptionMaintainCaptureOrder()}
	if fold {
		options[0] = regexp2.RE2 | regexp2.IgnoreCase
	}
	engine, err := regexp2.Compile(pattern, options...)
	if err != nil {
		return nil, err
	}
	engine.MatchTimeout = timeout
	return &backtracking{engine}, nil
}

func runes(text []byte) []rune {
	r := make([]rune, len(text))
	for i, c := range text {
		r[i] = rune(c)
	}
	return r
}

// match takes a search that did not end in time for one that found nothing, as HAProxy does.
func (k *backtracking) match(text []byte) bool {
	ok, err := k.engine.MatchRunes(runes(text))
	return ok && err == nil
}

// find is Regexp.Find, or FindRest when start is false.
func (k *backtracking) find(text []byte, start bool) (match []int) {
	input, from := runes(text), 0
	if !start {
		// The character before the rest keeps ^ from matching. No pattern names it: it is no byte.
		input, from = append([]rune{0x100}, input...), 1
	}
	err := k.engine.FindRunesMatches(input, from, func(m regexp2.MatchView) bool {
		match = make([]int, 0, 2*m.GroupCount())
		for i := range m.GroupCount() {
			offset, length, ok := m.GroupRange(i)
			if !ok {
				match = append(match, -1, -1)
				continue
			}
			match = append(match, offset-from, offset-from+length)
		}
		return false
	})
	if err != nil {
		return nil
	}
	return match
}
