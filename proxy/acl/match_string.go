package acl

import (
	"bytes"
	"strings"

	"tidelock/proxy/sample"
	"tidelock/proxy/value"
)

// text returns the bytes of v as string patterns see them.
func text(c *sample.Context, v value.Value) []byte {
	return v.Cast(value.String, &c.Scratch).Data
}

// lower returns b with ASCII letters in lower case.
func lower(c *sample.Context, b []byte) []byte {
	out := append(c.Scratch.Buffer(), b...)
	for i, x := range out {
		if 'A' <= x && x <= 'Z' {
			out[i] |= 0x20
		}
	}
	return c.Scratch.Keep(out)
}

// split returns the patterns that are compared as they are, and in lower case those that ignore it.
func split(patterns []pattern) (exact, folded []string) {
	for _, p := range patterns {
		if p.fold {
			folded = append(folded, strings.ToLower(p.text))
		} else {
			exact = append(exact, p.text)
		}
	}
	return exact, folded
}

// matchString compares whole strings: with the only pattern, or with a set.
func matchString(patterns []pattern) (matcher, error) {
	exact, folded := split(patterns)
	if len(exact) == 1 && len(folded) == 0 {
		only := exact[0]
		return func(c *sample.Context, v value.Value) bool { return string(text(c, v)) == only }, nil
	}
	exactSet, foldedSet := set(exact), set(folded)
	return func(c *sample.Context, v value.Value) bool {
		b := text(c, v)
		if _, ok := exactSet[string(b)]; ok {
			return true
		}
		if len(foldedSet) == 0 {
			return false
		}
		_, ok := foldedSet[string(lower(c, b))]
		return ok
	}, nil
}

func set(list []string) map[string]struct{} {
	s := make(map[string]struct{}, len(list))
	for _, text := range list {
		s[text] = struct{}{}
	}
	return s
}

// part returns the compiler of a method that holds when found does for one of the patterns.
func part(found func(b, pattern []byte) bool) func([]pattern) (matcher, error) {
	return func(patterns []pattern) (matcher, error) {
		exactTexts, foldedTexts := split(patterns)
		exact, folded := toBytes(exactTexts), toBytes(foldedTexts)
		if len(exact) == 1 && len(folded) == 0 {
			only := exact[0]
			return func(c *sample.Context, v value.Value) bool { return found(text(c, v), only) }, nil
		}
		return func(c *sample.Context, v value.Value) bool {
			b := text(c, v)
			for _, p := range exact {
				if found(b, p) {
					return true
				}
			}
			if len(folded) == 0 {
				return false
			}
			b = lower(c, b)
			for _, p := range folded {
				if found(b, p) {
					return true
				}
			}
			return false
		}, nil
	}
}

func toBytes(list []string) [][]byte {
	out := make([][]byte, len(list))
	for i, text := range list {
		out[i] = []byte(text)
	}
	return out
}

// delimited returns the compiler of a method that finds a pattern between delimiters, or at the ends of the sample.
// Delimiters around the pattern are ignored.
func delimited(delimiters string) func([]pattern) (matcher, error) {
	compile := part(func(b, pattern []byte) bool {
		if len(pattern) == 0 {
			return len(b) == 0
		}
		for from := 0; ; {
			i := bytes.Index(b[from:], pattern)
			if i < 0 {
				return false
			}
			start := from + i
			end := start + len(pattern)
			if (start == 0 || strings.IndexByte(delimiters, b[start-1]) >= 0) &&
				(end == len(b) || strings.IndexByte(delimiters, b[end]) >= 0) {
				return true
			}
			from = start + 1
		}
	})
	return func(patterns []pattern) (matcher, error) {
		trimmedPatterns := make([]pattern, len(patterns))
		for i, p := range patterns {
			p.text = strings.Trim(p.text, delimiters)
			trimmedPatterns[i] = p
		}
		return compile(trimmedPatterns)
	}
}
