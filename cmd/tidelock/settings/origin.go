package settings

import "cmp"

// Source is a kind of place that settings come from.
type Source string

// The sources, from the last that is asked to the first.
const (
	FromDefault     Source = "default"
	FromGlobal      Source = "global"
	FromFile        Source = "file"
	FromEnvironment Source = "environment"
	FromFlag        Source = "flag"
)

// Origin says where the value of a setting is from.
type Origin struct {
	Source Source
	Place  string // the flag, the variable, or file:line; empty for a default
}

// String names the place, which shows of what kind it is.
func (o Origin) String() string { return cmp.Or(o.Place, string(FromDefault)) }

// of names the place with the setting, in front of what is wrong with it.
func (o Origin) of(name string) string {
	if o.Source == FromFile {
		return o.Place + ": " + name
	}
	return o.Place
}

// Origin returns where a setting has its value from.
func (s *Settings) Origin(name string) Origin {
	if o, ok := s.origins[name]; ok {
		return o
	}
	return Origin{Source: FromDefault}
}
