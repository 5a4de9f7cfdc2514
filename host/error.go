package host

import (
	"context"
	"errors"
	"fmt"
)

// The ways in which an execution ends badly, to be matched with errors.Is.
var (
	ErrScript      = errors.New("runtime error")                   // the script raised an error
	ErrTimeout     = errors.New("execution timeout")               // used up its processor time
	ErrOutOfFuel   = errors.New("out of fuel error")               // used up its ticks
	ErrBusy        = errors.New("too many executions at a time")   // as many as the image may have are under way
	ErrOutOfMemory = errors.New("out of memory error")             // the instance or the engine has none left
	ErrKilled      = errors.New("execution killed")                // timed out where no Lua instruction came to stop it
	ErrReset       = errors.New("instance was reset")              // another execution had to be killed while this one waited
	ErrCancelled   = errors.New("execution cancelled")             // its context ended while it ran or waited
	ErrFault       = errors.New("interpreter fault")               // the guest trapped: a bug of the guest, or the work of a hostile one
	ErrClosed      = errors.New("the scripts are being shut down") // the image was closed
)

// DeniedError is the error of a script that tries what it may not do, rather than of what came of that.
type DeniedError struct{ Err error }

// Error implements error.
func (e *DeniedError) Error() string { return e.Err.Error() }

// Unwrap returns the reason.
func (e *DeniedError) Unwrap() error { return e.Err }

// ExecutionError tells how an execution ended and where.
type ExecutionError struct {
	Kind         error // one of the above
	Registration *Registration
	Message      string // what the script raised, or where it was stopped: file:line: text
	Traceback    string // Lua's, or empty
	Uncompiled   bool   // it is the text of a chunk that the interpreter refuses; nothing has run
	// Context is the execution's, with what its observer has put into it.
	Context context.Context
}

// Error implements error.
func (e *ExecutionError) Error() string {
	if e.Message == "" {
		return fmt.Sprintf("%s %q: %v", e.Registration.Kind, e.Registration.Name, e.Kind)
	}
	return fmt.Sprintf("%s %q: %v: %s", e.Registration.Kind, e.Registration.Name, e.Kind, e.Message)
}

// Unwrap makes errors.Is find the kind.
func (e *ExecutionError) Unwrap() error { return e.Kind }
