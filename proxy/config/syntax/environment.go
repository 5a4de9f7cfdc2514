package syntax

import (
	"maps"
	"slices"
	"strings"
)

// Environment is the set of variables that a configuration reads and changes. It is a copy: a configuration that turns
// out not to be valid leaves the process's own environment as it was.
type Environment struct {
	variables map[string]string
}

// NewEnvironment makes an environment of "NAME=value" strings as os.Environ returns them.
func NewEnvironment(environ []string) *Environment {
	e := &Environment{variables: make(map[string]string, len(environ))}
	for _, entry := range environ {
		if name, value, found := strings.Cut(entry, "="); found {
			e.variables[name] = value
		}
	}
	return e
}

// Lookup returns a variable's value and whether it is set.
func (e *Environment) Lookup(name string) (string, bool) {
	value, found := e.variables[name]
	return value, found
}

// Set gives a variable a value.
func (e *Environment) Set(name, value string) { e.variables[name] = value }

// Environ returns the variables as sorted "NAME=value" strings.
func (e *Environment) Environ() []string {
	environ := make([]string, 0, len(e.variables))
	for name, value := range e.variables {
		environ = append(environ, name+"="+value)
	}
	slices.Sort(environ)
	return environ
}

// Apply carries out setenv, presetenv, unsetenv and resetenv. It reports whether the statement was one of them; reason
// says what is wrong with it, or is empty.
func (e *Environment) Apply(s Statement) (applied bool, reason string) {
	arguments := Texts(s.Arguments())
	switch s.Keyword() {
	case "setenv", "presetenv": // setenv <name> <value>
		if len(arguments) < 2 {
			return true, "'" + s.Keyword() + "' expects a name and a value."
		}
		if _, set := e.Lookup(arguments[0]); !set || s.Keyword() == "setenv" {
			e.Set(arguments[0], arguments[1])
		}
	case "unsetenv": // unsetenv <name>...
		if len(arguments) == 0 {
			return true, "'unsetenv' expects at least one variable name."
		}
		for _, name := range arguments {
			delete(e.variables, name)
		}
	case "resetenv": // resetenv [<name>...], the names are kept
		maps.DeleteFunc(e.variables, func(name, _ string) bool { return !slices.Contains(arguments, name) })
	default:
		return false, ""
	}
	return true, ""
}
