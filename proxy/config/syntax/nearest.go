package syntax

// maxNearest is the longest word that is compared with others: the work grows with its length, and no keyword is near.
const maxNearest = 64

// Nearest returns the candidate that a mistyped word most likely stood for, or "" when none is close: at most one edit
// for every three characters, where exchanging two neighbours is one edit.
func Nearest(word string, candidates []string) string {
	if len(word) > maxNearest {
		return ""
	}
	nearest, least := "", len(word)/3+1
	for _, candidate := range candidates {
		if d := editDistance(word, candidate); d < least {
			nearest, least = candidate, d
		}
	}
	return nearest
}

// editDistance counts insertions, deletions, replacements and exchanges of neighbours that turn a into b.
func editDistance(a, b string) int {
	before, previous, current := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range previous {
		previous[j] = j
	}
	for i := 1; i <= len(a); i++ {
		current[0] = i
		for j := 1; j <= len(b); j++ {
			replace := previous[j-1]
			if a[i-1] != b[j-1] {
				replace++
			}
			current[j] = min(previous[j]+1, current[j-1]+1, replace)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				current[j] = min(current[j], before[j-2]+1)
			}
		}
		before, previous, current = previous, current, before
	}
	return previous[len(b)]
}

// Suggestion returns the end of HAProxy's "unknown keyword" message: "; did you mean 'xxx' maybe ?" or nothing.
func Suggestion(word string, candidates []string) string {
	if nearest := Nearest(word, candidates); nearest != "" {
		return "; did you mean '" + nearest + "' maybe ?"
	}
	return ""
}
