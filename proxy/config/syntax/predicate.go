package syntax

import (
	"math"
	"slices"
	"strings"
)

// predicates of section 2.4 of the manual.
var predicates = map[string]struct {
	arity int
	holds func(Condition, []string) bool
}{
	"defined": {1, func(c Condition, a []string) bool { _, set := c.Environment.Lookup(a[0]); return set }},
	"feature": {1, func(c Condition, a []string) bool { return slices.Contains(c.Features, a[0]) }},
	"streq":   {2, func(_ Condition, a []string) bool { return a[0] == a[1] }},
	"strneq":  {2, func(_ Condition, a []string) bool { return a[0] != a[1] }},
	// TLS is not OpenSSL's here: no version of it is there to be old or new enough.
	"openssl_version_atleast": {1, func(Condition, []string) bool { return false }},
	"openssl_version_before":  {1, func(Condition, []string) bool { return false }},
	"ssllib_name_startswith":  {1, func(c Condition, a []string) bool { return strings.HasPrefix(c.SSLLibrary, a[0]) }},
	"version_atleast": {1, func(c Condition, a []string) bool {
		return slices.Compare(versionNumbers(c.Version), versionNumbers(a[0])) >= 0
	}},
	"version_before": {1, func(c Condition, a []string) bool {
		return slices.Compare(versionNumbers(c.Version), versionNumbers(a[0])) < 0
	}},
}

// versionNumbers returns a version such as "2.6.12", "2.7-dev3" or "2.6.12-1a2b3c-4" as numbers that compare in order:
// major, minor, patch, 1 for a release or 0 for a development version with its number, commits since.
func versionNumbers(version string) []int {
	numbers := make([]int, 6)
	text, suffix, _ := strings.Cut(version, "-")
	for i, part := range strings.SplitN(text, ".", 4) {
		if i < 3 {
			numbers[i] = leadingInt(part)
		}
	}
	if number, development := strings.CutPrefix(suffix, "dev"); development {
		numbers[4] = leadingInt(number)
		_, suffix, _ = strings.Cut(suffix, "-")
	} else {
		numbers[3] = 1
	}
	numbers[5] = leadingInt(suffix[strings.LastIndexByte(suffix, '-')+1:])
	return numbers
}

// leadingInt returns the number that text starts with, 0 without one.
func leadingInt(text string) int {
	n, _, _ := leadingNumber(text)
	return int(min(n, math.MaxInt32))
}
