package sample

import (
	"tidelock/proxy/nearest"
	"tidelock/proxy/stream"
	"tidelock/proxy/value"
)

// variableConverters keep values and forget them.
var variableConverters = []Converter{
	{Name: "set-var", Parameters: required(Name).and(String, String, String, String), Input: value.Any, Output: value.Any, Prepare: prepareSetVariable, Convert: setVariable},
	{Name: "unset-var", Parameters: required(Name), Input: value.Any, Output: value.Any, Convert: unsetVariable},
}

func prepareSetVariable(_ *Compiler, a []Argument) error {
	var conditions SetConditions
	for _, c := range a[1:] {
		if c.Text == "" {
			continue
		}
		if err := conditions.Add(c.Text); err != nil {
			return err
		}
	}
	a[1].Extra = conditions
	return nil
}

// setVariable yields what it was given if it was set, from the variable: its memory may have been moved under a value that
// was part of it.
func setVariable(c *Context, a []Argument, v value.Value) value.Value {
	if a[1].Extra.(SetConditions).Set(c.Stream, a[0].Variable, v) {
		return a[0].Variable.Get(c.Stream)
	}
	return value.Value{}
}

func unsetVariable(c *Context, a []Argument, v value.Value) value.Value {
	a[0].Variable.Unset(c.Stream)
	return v
}

// SetConditions says when set-var sets a variable. The zero value is always.
type SetConditions uint8

const (
	ifExists SetConditions = 1 << iota
	ifNotExists
	ifEmpty
	ifNotEmpty
	ifSet
	ifNotSet
	ifGreater
	ifLess
)

var setConditions = map[string]SetConditions{
	"ifexists": ifExists, "ifnotexists": ifNotExists, "ifempty": ifEmpty, "ifnotempty": ifNotEmpty,
	"ifset": ifSet, "ifnotset": ifNotSet, "ifgt": ifGreater, "iflt": ifLess,
}

// Add adds the condition called name.
func (s *SetConditions) Add(name string) error {
	c, ok := setConditions[name]
	if !ok {
		return nearest.Unknown("condition", name, setConditions)
	}
	*s |= c
	return nil
}

// Set sets x to v if all conditions hold and reports whether it did.
func (s SetConditions) Set(of *stream.Stream, x Variable, v value.Value) bool {
	if s != 0 && !s.hold(x.Get(of), v) {
		return false
	}
	return x.Set(of, v)
}

func (s SetConditions) hold(old, v value.Value) bool {
	// Here a variable exists as long as it is set.
	exists := old.Valid()
	empty := v.HasData() && len(v.Data) == 0
	comparable := old.Kind == value.Integer && v.Kind == value.Integer
	switch {
	case s&(ifExists|ifSet) != 0 && !exists,
		s&(ifNotExists|ifNotSet) != 0 && exists,
		s&ifEmpty != 0 && !empty,
		s&ifNotEmpty != 0 && empty,
		s&ifGreater != 0 && comparable && old.Int <= v.Int,
		s&ifLess != 0 && comparable && old.Int >= v.Int:
		return false
	}
	return true
}
