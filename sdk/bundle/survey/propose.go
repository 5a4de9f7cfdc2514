package survey

import (
	"encoding/json"
	"slices"
	"strings"

	"tidelock/sdk/bundle"
)

// run is the place of what scripts reached while they ran.
var run = Place{File: "tests"}

// Ran adds something that scripts reached while their tests ran, as luabridge.Config.Asked tells it.
func (s *Survey) Ran(capability, value string) {
	n := Need{Place: run, Call: "a script that ran", Field: capability, Value: value}
	if !slices.Contains(s.Needs, n) {
		s.Needs = append(s.Needs, n)
	}
}

// Propose returns capabilities that cover those that are given, and everything else that the scripts need as far as its value
// is known. What no manifest could list is left out.
func (s *Survey) Propose(given bundle.Capabilities) bundle.Capabilities {
	lists := map[string][]string{}
	for _, n := range s.Needs {
		if n.Value != "" && n.Field != "require" && n.Field != "registrations" && !covered(given, n) && listable(n) {
			lists[n.Field] = append(lists[n.Field], n.Value)
		}
	}
	for field, values := range lists {
		slices.Sort(values)
		values = slices.Compact(values)
		if field == "shared" {
			values = prefixes(values)
		}
		lists[field] = slices.Concat(given.Values(field), values)
	}
	if len(lists) == 0 {
		return given
	}
	var proposed bundle.Capabilities
	for _, part := range []any{given, lists} { // what is in both is taken from the lists, which continue what is given
		document, err := json.Marshal(part)
		if err == nil {
			err = json.Unmarshal(document, &proposed)
		}
		if err != nil {
			panic(err) // each value has been read alone
		}
	}
	return proposed
}

// listable reports whether a value can stand in a manifest.
func listable(n Need) bool {
	var c bundle.Capabilities
	document, err := json.Marshal(map[string][]string{n.Field: {n.Value}})
	return err == nil && json.Unmarshal(document, &c) == nil && c.Validate() == nil
}

// prefixes shortens keys that begin alike, as those do that are made of what traffic brings: of several with the same first word
// that word is left, with the byte that ends it.
func prefixes(keys []string) []string {
	counts := map[string]int{}
	word := func(key string) string { return key[:strings.IndexAny(key, ".:/_-")+1] }
	for _, key := range keys {
		counts[word(key)]++
	}
	var short []string
	for _, key := range keys {
		if w := word(key); w != "" && counts[w] > 1 && w != "proc." {
			key = w
		}
		if !slices.Contains(short, key) {
			short = append(short, key)
		}
	}
	return short
}
