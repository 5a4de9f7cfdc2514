// Package nearest finds the name that a mistyped one most likely stood for. It imports nothing of ours.
package nearest

import (
	"fmt"
	"iter"
	"maps"
)

// longest is the longest word that is compared with others: the work grows with its length, and no keyword is near.
const longest = 64

// Name returns the name among known that a typing error most likely turned into word, or "" when none is near: at most
// one letter of three may differ. Of several it is the first in alphabetical order.
func Name(word string, known iter.Seq[string]) string {
	if len(word) > longest {
		return ""
	}
	nearest, least := "", len(word)/3+1
	for name := range known {
		if d := distance(word, name, least); d < least || d == least && nearest != "" && name < nearest {
			nearest, least = name, d
		}
	}
	return nearest
}

// Suggestion returns the end of HAProxy's messages about unknown keywords: "; did you mean 'xxx' maybe ?" or nothing.
func Suggestion(word string, known iter.Seq[string]) string {
	if name := Name(word, known); name != "" {
		return "; did you mean '" + name + "' maybe ?"
	}
	return ""
}

// Unknown returns the error for a name that is not in known. What says what known holds, as in "converter".
func Unknown[T any](what, name string, known map[string]T) error {
	return fmt.Errorf("unknown %s '%s'%s", what, name, Suggestion(name, maps.Keys(known)))
}

// Distance returns how many typing errors turn name into word, and whether that is few enough for one to stand for the
// other. Without that the number says nothing.
func Distance(word, name string) (errors int, near bool) {
	limit := len(word)/3 + 1
	if len(word) > longest {
		return limit, false
	}
	errors = distance(word, name, limit)
	return errors, errors <= limit
}

// distance returns how many letters must be inserted, removed, replaced or swapped with their neighbour to make b of a,
// or more than limit when that is more than limit.
func distance(a, b string, limit int) int {
	if d := len(a) - len(b); d > limit || -d > limit {
		return limit + 1
	}
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			change := 1
			if a[i-1] == b[j-1] {
				change = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+change)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
