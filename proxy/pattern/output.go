package pattern

import (
	"fmt"
	"strings"

	"tidelock/proxy/value"
)

// Output is what the values of a map are. They are kept as text and checked when they come; a number or an address is
// read from its text at each lookup, which takes some nanoseconds and spares a million entries a copy in each form.
type Output struct {
	Kind value.Kind // of the sample that a lookup yields: value.String, Integer or Address
}

// Value returns the value of e as a sample.
func (o Output) Value(e *Entry) value.Value {
	text := e.Value()
	switch o.Kind {
	case value.Integer:
		i, _ := value.LeadingInt(text)
		return value.Int(i)
	case value.Address:
		a, _ := value.ParseAddr(text)
		return value.Addr(a)
	}
	return value.Text(text)
}

// check reports whether text is of the output's kind. A number may be left out: then it is 0.
func (o Output) check(text []byte) bool {
	switch o.Kind {
	case value.Integer:
		_, rest := value.LeadingInt(text)
		return len(rest) == 0 && (len(text) == 0 || strings.Trim(string(text), "+-") != "")
	case value.Address:
		_, ok := value.ParseAddr(text)
		return ok
	}
	return true
}

// checkValue reports a value that is of no use to one of the maps.
func (s *Set) checkValue(text []byte) error {
	for _, o := range s.outputs {
		if !o.check(text) {
			return fmt.Errorf("unable to parse '%s'", text)
		}
	}
	return nil
}

// Output returns what the values of s are to the first map that uses it, text where none does.
func (s *Set) Output() Output {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.outputs) == 0 {
		return Output{value.String}
	}
	return s.outputs[0]
}
