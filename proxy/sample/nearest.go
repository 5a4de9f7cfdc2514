package sample

import (
	"fmt"
	"iter"
	"maps"
)

// Unknown returns the error for a name that is not in known, which suggests the nearest name that is. Everything that
// is looked up by name in a configuration reports with it.
func Unknown[T any](what, name string, known map[string]T) error {
	if near := Nearest(name, maps.Keys(known)); near != "" {
		return fmt.Errorf("unknown %s '%s', did you mean '%s'?", what, name, near)
	}
	return fmt.Errorf("unknown %s '%s'", what, name)
}

// Nearest returns the name among known that a typing error most likely turned into name, or nothing when none is near:
// at most a third of the letters may differ. Of several it takes the first in alphabetical order.
func Nearest(name string, known iter.Seq[string]) string {
	best, nearest := len(name)/3+1, ""
	for k := range known {
		if d := distance(name, k, best); d < best || d == best && nearest != "" && k < nearest {
			best, nearest = d, k
		}
	}
	return nearest
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
