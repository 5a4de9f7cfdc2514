package acl

import "tidelock/proxy/pattern"

// operators are those of integers (manual, section 7.1.2).
var operators = map[string]pattern.Operator{
	"eq": pattern.Equal, "ge": pattern.GreaterOrEqual, "gt": pattern.Greater, "le": pattern.LessOrEqual, "lt": pattern.Less,
}

// withoutOperators returns patterns as ranges that say the same as the operators before them, which hold for all that
// follow, and where each stands among the words. With an error the number of positions is that of the faulty word.
func withoutOperators(words []string, m *pattern.Method) (patterns []string, positions []int, err error) {
	operator := pattern.Equal
	for i, word := range words {
		if o, ok := operators[word]; ok {
			operator = o
			continue
		}
		text, err := m.Apply(operator, word)
		if err != nil {
			return nil, make([]int, i), err
		}
		patterns, positions = append(patterns, text), append(positions, i)
	}
	return patterns, positions, nil
}
