// Package variable stores HAProxy's variables (manual, section 2.8). Names are interned to small integers when the
// configuration or a script is loaded, so that no request looks a name up.
package variable

// Scope says how long a variable lives.
type Scope uint8

const (
	Process     Scope = iota // proc.: the whole process
	Session                  // sess.: one client connection
	Transaction              // txn.: request and response
	Request                  // req.: until the request is forwarded
	Response                 // res.: during the response
	Check                    // check.: one health check
)

var scopeNames = [...]string{"proc", "sess", "txn", "req", "res", "check"}

// String returns the prefix of the scope's names, without the dot.
func (s Scope) String() string { return scopeNames[s] }

// ID is an interned variable name without its scope.
type ID uint32
