package host

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"

	"tidelock/abi"
)

// Function is a host function as scripts call it. It runs in the goroutine of the execution, holding the instance, so
// it must not block: what has to wait returns call.Park(...). An error is raised in the script, with the position of
// the caller in front. It must not retain the call, nor bytes that it read from it, after it has returned.
type Function func(call *Call) error

// Library resolves the names that guest code binds host functions by. Resolve runs when a script is loaded, seldom
// later, and returns nil for a name that it does not know.
type Library interface {
	Resolve(name string) Function
}

// Functions is a Library that is a map.
type Functions map[string]Function

// Resolve implements Library.
func (f Functions) Resolve(name string) Function { return f[name] }

// Libraries asks each of several libraries in turn.
type Libraries []Library

// Resolve implements Library.
func (l Libraries) Resolve(name string) Function {
	for _, library := range l {
		if f := library.Resolve(name); f != nil {
			return f
		}
	}
	return nil
}

// Operation is the waiting part of a host function: it runs in the goroutine of the execution, but holds no instance,
// and writes the results that the script receives when it goes on. It ends early when ctx does.
type Operation func(ctx context.Context, results *abi.Writer) error

// Call is one call of a Function.
type Call struct {
	Execution *Execution
	Arguments abi.Reader
	Results   abi.Writer

	count   int  // arguments taken
	missing bool // the last of them was not given
}

// errParked is what Park returns: the dispatcher's sign that Execution.pending is set.
var errParked = errors.New("parked")

// Park makes the script wait for operation. Return what it returns.
func (c *Call) Park(operation Operation) error {
	c.Execution.pending = operation
	return errParked
}

// Next returns the next argument, nil when there is none.
func (c *Call) Next() abi.Value {
	c.count++
	c.missing = !c.Arguments.More()
	return c.Arguments.Next()
}

// mistyped tells what the last argument taken should have been. The guest adds the function's name, as scripts know it.
func (c *Call) mistyped(expected string, got abi.Value) error {
	if err := c.Arguments.Err(); err != nil {
		return err
	}
	actual := got.Type.String()
	if c.missing {
		actual = "no value"
	}
	return fmt.Errorf("bad argument #%d (%s expected, got %s)", c.count, expected, actual)
}

// String takes a string, or a number as Lua converts it. The bytes alias the guest's memory.
func (c *Call) String() ([]byte, error) {
	if text, ok := c.Arguments.Text(); ok {
		c.count++
		return text, nil
	}
	v := c.Next()
	if text, ok := ToText(v); ok {
		return text, nil
	}
	return nil, c.mistyped("string", v)
}

// Int takes an integer, or a float or numeric string that is one.
func (c *Call) Int() (int64, error) {
	if i, ok := c.Arguments.Integer(); ok {
		c.count++
		return i, nil
	}
	v := c.Next()
	if i, ok := ToInt(v); ok {
		return i, nil
	}
	if _, ok := ToFloat(v); ok {
		return 0, fmt.Errorf("bad argument #%d (number has no integer representation)", c.count)
	}
	return 0, c.mistyped("number", v)
}

// Float takes a number or a numeric string.
func (c *Call) Float() (float64, error) {
	v := c.Next()
	if f, ok := ToFloat(v); ok {
		return f, nil
	}
	return 0, c.mistyped("number", v)
}

// Object takes a handle and returns what it stands for.
func (c *Call) Object() (any, error) {
	handle, ok := c.Arguments.Reference()
	if !ok {
		return nil, c.mistyped("object", c.Next())
	}
	if c.count > 0 { // the object before the ':' is not among the arguments that messages number
		c.count++
	}
	return c.Execution.Object(handle)
}

// bindings are the functions that an image's guest code has bound, by number. Looking a number up takes no lock.
type bindings struct {
	library Library
	table   atomic.Pointer[[]Function]

	mu      sync.Mutex
	numbers map[string]int // guarded by mu
	names   []string       // by number; guarded by mu
}

const maxBindings = 1 << 16

func newBindings(library Library) *bindings {
	b := &bindings{library: library, numbers: make(map[string]int)}
	b.table.Store(new([]Function))
	return b
}

// bind resolves a name to its number.
func (b *bindings) bind(name string) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if n, ok := b.numbers[name]; ok {
		return n, nil
	}
	f := b.library.Resolve(name)
	if f == nil {
		return 0, fmt.Errorf("the host has no function %q", name)
	}
	table := *b.table.Load()
	if len(table) >= maxBindings {
		return 0, errors.New("too many host functions bound")
	}
	n := len(table)
	grown := append(table[:n:n], f)
	b.table.Store(&grown)
	name = strings.Clone(name) // of the guest's memory
	b.numbers[name], b.names = n, append(b.names, name)
	return n, nil
}

func (b *bindings) function(number uint32) Function {
	table := *b.table.Load()
	if number >= uint32(len(table)) {
		return nil
	}
	return table[number]
}

// name returns what a function was bound by, empty for a number that stands for none.
func (b *bindings) name(number uint32) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	if number >= uint32(len(b.names)) {
		return ""
	}
	return b.names[number]
}
