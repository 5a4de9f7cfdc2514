package sample

import (
	"tidelock/proxy/stream"
	"tidelock/proxy/value"
	"tidelock/proxy/variable"
)

// Variable is an interned variable of any scope.
type Variable struct {
	Scope variable.Scope
	ID    variable.ID
}

// Intern returns the variable with a full name such as "txn.user". Errors are those of variable.Intern.
func Intern(name string) (Variable, error) {
	scope, id, err := variable.Intern(name)
	return Variable{scope, id}, err
}

// Get returns the value of v in exchange s, or none. It is valid until v is set again.
func (v Variable) Get(s *stream.Stream) value.Value {
	if v.Scope == variable.Process {
		return variable.Global.Get(v.ID)
	}
	if store := v.store(s); store != nil {
		return store.Get(v.ID)
	}
	return value.Value{}
}

// Set gives v a copy of x. It reports false when the scope does not exist here, as that of a check, or has no room left:
// then v is unset.
func (v Variable) Set(s *stream.Stream, x value.Value) bool {
	if v.Scope == variable.Process {
		if !roomInProcess(s, variable.Global.Growth(v.ID, len(x.Data))) {
			variable.Global.Delete(v.ID)
			return false
		}
		variable.Global.Set(v.ID, x)
		return true
	}
	store := v.store(s)
	if store == nil {
		return false
	}
	if !v.fits(s, store.Growth(v.ID, len(x.Data))) {
		store.Delete(v.ID)
		return false
	}
	store.Set(v.ID, x)
	return true
}

// fits reports whether there is room for so many more bytes in v's scope and in those that include it.
func (v Variable) fits(s *stream.Stream, growth int) bool {
	if s.Frontend == nil || s.Frontend.VariableLimits == (variable.Limits{}) {
		return true
	}
	limits := &s.Frontend.VariableLimits
	if limits.Process > 0 || limits.Global > 0 {
		v.store(s).Count()
		if !roomInProcess(s, growth) {
			return false
		}
	}
	transaction := s.TxnVariables.Size() + s.ReqVariables.Size() + s.ResVariables.Size()
	switch v.Scope {
	case variable.Request, variable.Response:
		if exceeds(v.store(s).Size()+growth, limits.Message) {
			return false
		}
		fallthrough
	case variable.Transaction:
		if exceeds(transaction+growth, limits.Transaction) {
			return false
		}
	}
	return !exceeds(s.Session.Variables.Size()+transaction+growth, limits.Session)
}

// roomInProcess reports whether there is room for so many more bytes among the variables of the whole process. Exchanges that
// ask at the same time may together go a value each beyond.
func roomInProcess(s *stream.Stream, growth int) bool {
	if s == nil || s.Frontend == nil {
		return true
	}
	limits := &s.Frontend.VariableLimits
	if limits.Process == 0 && limits.Global == 0 {
		return true
	}
	size := variable.Used() + growth
	return !exceeds(size, limits.Process) && !exceeds(size, limits.Global)
}

func exceeds(size, limit int) bool { return limit > 0 && size > limit }

// Unset removes v's value and reports whether it had one.
func (v Variable) Unset(s *stream.Stream) bool {
	if v.Scope == variable.Process {
		return variable.Global.Delete(v.ID)
	}
	store := v.store(s)
	return store != nil && store.Delete(v.ID)
}

func (v Variable) store(s *stream.Stream) *variable.Store {
	if s == nil {
		return nil
	}
	switch v.Scope {
	case variable.Session:
		return &s.Session.Variables
	case variable.Transaction:
		return &s.TxnVariables
	case variable.Request:
		return &s.ReqVariables
	case variable.Response:
		return &s.ResVariables
	}
	return nil
}
