package runtime

import (
	"slices"
	"testing"
)

// A line has no more words than a command takes, and none is empty.
func FuzzSplit(f *testing.F) {
	for _, seed := range []string{"", "a b", `a\ b\\ \;`, "\t a\t", `\`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, line string) {
		words := split(line)
		if len(words) > maxWords {
			t.Errorf("%d words", len(words))
		}
		if slices.Contains(words, "") {
			t.Errorf("an empty word of %q", line)
		}
	})
}
