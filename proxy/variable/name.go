package variable

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
)

// names is the one table of the process: identifiers are compared across configurations and scripts. It only grows, by
// what configurations and scripts name.
var names struct {
	ids  sync.Map // string → ID; read without a lock
	last atomic.Uint32
	mu   sync.Mutex // held while a name is added
}

// Intern returns the scope and the identifier of a full name such as "txn.user". The same name always gives the same
// identifier. It is safe for concurrent use.
//
// Errors: the scope is unknown, or the name after it is empty or has a byte other than letters, digits, '.' and '_'.
func Intern(name string) (Scope, ID, error) {
	scope, base, err := split(name)
	if err != nil {
		return 0, 0, err
	}
	if id, ok := names.ids.Load(base); ok {
		return scope, id.(ID), nil
	}
	names.mu.Lock()
	defer names.mu.Unlock()
	if id, ok := names.ids.Load(base); ok {
		return scope, id.(ID), nil
	}
	id := ID(names.last.Add(1))
	names.ids.Store(strings.Clone(base), id)
	return scope, id, nil
}

// Find returns what Intern would, but adds nothing: ok is false for a name that nobody interned. Names that come from
// traffic are looked up with it, so that they cannot fill the table.
func Find(name string) (scope Scope, id ID, ok bool) {
	scope, base, err := split(name)
	if err != nil {
		return 0, 0, false
	}
	v, ok := names.ids.Load(base)
	if !ok {
		return 0, 0, false
	}
	return scope, v.(ID), true
}

func split(name string) (Scope, string, error) {
	if name == "" {
		return 0, "", errors.New("Empty variable name cannot be accepted")
	}
	prefix, base, ok := strings.Cut(name, ".")
	if !ok {
		return 0, "", unknownScope(name)
	}
	if base == "" {
		return 0, "", unknownScope(name)
	}
	for i := 0; i < len(base); i++ {
		if !nameByte(base[i]) {
			return 0, "", fmt.Errorf("invalid syntax at char '%s'", base[i:])
		}
	}
	for s, n := range scopeNames {
		if n == prefix {
			return Scope(s), base, nil
		}
	}
	return 0, "", unknownScope(name)
}

// unknownScope is in HAProxy's words.
func unknownScope(name string) error {
	return fmt.Errorf("invalid variable name '%s'. A variable name must be start by its scope. The scope can be 'proc', 'sess', 'txn', 'req', 'res' or 'check'", name)
}

func nameByte(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '.' || c == '_'
}
