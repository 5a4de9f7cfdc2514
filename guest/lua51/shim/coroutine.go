//go:build wasip1

package main

import (
	"runtime"
	"weak"

	lua "github.com/yuin/gopher-lua"
)

// thread is a coroutine as scripts hold it. Its strand does not refer to it, so that the collector finds out when nobody
// can resume it any more: a goroutine that is blocked would live for ever.
type thread struct{ *coroutine }

// String implements lua.LValue.
func (t *thread) String() string { return t.state.String() }

// Type implements lua.LValue.
func (t *thread) Type() lua.LValueType { return lua.LTThread }

// coroutine is what a strand knows of the coroutine that it runs.
type coroutine struct {
	*strand
	function *lua.LFunction
	status   string
	resumer  *coroutine   // while it runs; nil: an execution
	passed   []lua.LValue // to it by resume, and by it to whoever resumed it
	failure  lua.LValue   // nil: it did not fail
	holder   weak.Pointer[thread]
}

// What coroutine.status says.
const (
	statusSuspended = "suspended"
	statusRunning   = "running"
	statusNormal    = "normal"
	statusDead      = "dead"
)

// innermost is the coroutine that runs, nil outside of coroutines. It follows current.
func innermost() *coroutine { return coroutines[current] }

// coroutines finds the coroutine of a strand, while it is not over.
var coroutines = map[*strand]*coroutine{}

// maxNesting is how deeply coroutines may resume others.
const maxNesting = 195

// abandoned are coroutines that were collected while they were suspended. They end at the next occasion.
var abandoned []*coroutine

func endAbandoned() {
	for len(abandoned) > 0 {
		c := abandoned[len(abandoned)-1]
		abandoned = abandoned[:len(abandoned)-1]
		if c.status == statusSuspended {
			c.end()
		}
		rest()
	}
}

func newThread(f *lua.LFunction) *thread {
	c := &coroutine{function: f, status: statusSuspended}
	c.strand = newStrand(func(s *strand) {
		c.run()
		delete(coroutines, s)
		s.give(ended)
	})
	t := &thread{c}
	c.holder = weak.Make(t)
	runtime.AddCleanup(t, func(c *coroutine) { abandoned = append(abandoned, c) }, c)
	return t
}

// run calls the coroutine's function, on the coroutine's own goroutine.
func (c *coroutine) run() {
	l := c.state
	l.Push(c.function)
	for _, v := range c.passed {
		l.Push(v)
	}
	if err := l.PCall(len(c.passed), lua.MultRet, nil); err != nil {
		c.failure = errorObject(err)
		return
	}
	c.passed = values(l, 1)
}

// errorObject is what a script finds of an error.
func errorObject(err error) lua.LValue {
	if raised, ok := err.(*lua.ApiError); ok && raised.Object != nil {
		return raised.Object
	}
	return lua.LString(err.Error())
}

// values are those on the stack from an index on.
func values(l *lua.LState, first int) []lua.LValue {
	all := make([]lua.LValue, 0, max(0, l.GetTop()-first+1))
	for i := first; i <= l.GetTop(); i++ {
		all = append(all, l.Get(i))
	}
	return all
}

// resume runs a coroutine until it yields, returns or fails. The values are what it passes, or its error object.
func (c *coroutine) resume(arguments []lua.LValue) (passed []lua.LValue, ok bool) {
	if c.status != statusSuspended {
		what := "non-suspended"
		if c.status == statusDead {
			what = statusDead
		}
		return []lua.LValue{lua.LString("cannot resume " + what + " coroutine")}, false
	}
	if c.depth() > maxNesting {
		return []lua.LValue{lua.LString("C stack overflow")}, false
	}
	if c.resumer = innermost(); c.resumer != nil {
		c.resumer.status = statusNormal
	}
	c.status, c.passed = statusRunning, arguments
	coroutines[c.strand] = c
	e := c.strand.run()
	if c.resumer != nil {
		c.resumer.status = statusRunning
	}
	c.resumer = nil
	c.status = statusSuspended
	if e == ended {
		c.status = statusDead
	}
	if c.failure != nil {
		return []lua.LValue{c.failure}, false
	}
	return c.passed, true
}

// depth counts the coroutines that wait for the one that would be resumed now.
func (c *coroutine) depth() int {
	n := 0
	for r := innermost(); r != nil; r = r.resumer {
		n++
	}
	return n
}

func openCoroutine(l *lua.LState) {
	l.SetGlobal("coroutine", l.SetFuncs(l.NewTable(), map[string]lua.LGFunction{
		"create": func(l *lua.LState) int {
			l.Push(newThread(l.CheckFunction(1)))
			return 1
		},
		"resume":  coroutineResume,
		"yield":   coroutineYield,
		"wrap":    coroutineWrap,
		"running": coroutineRunning,
		"status": func(l *lua.LState) int {
			l.Push(lua.LString(checkThread(l, 1).status))
			return 1
		},
	}))
}

func checkThread(l *lua.LState, index int) *thread {
	t, ok := l.Get(index).(*thread)
	if !ok {
		l.TypeError(index, lua.LTThread)
	}
	return t
}

func push(l *lua.LState, all []lua.LValue) int {
	for _, v := range all {
		l.Push(v)
	}
	return len(all)
}

func coroutineResume(l *lua.LState) int {
	t := checkThread(l, 1)
	passed, ok := t.resume(values(l, 2))
	runtime.KeepAlive(t)
	l.Push(lua.LBool(ok))
	return 1 + push(l, passed)
}

func coroutineWrap(l *lua.LState) int {
	t := newThread(l.CheckFunction(1))
	l.Push(l.NewFunction(func(l *lua.LState) int {
		passed, ok := t.resume(values(l, 1))
		if ok {
			return push(l, passed)
		}
		if text, ok := passed[0].(lua.LString); ok {
			passed[0] = lua.LString(where(l, 1)) + text
		}
		l.Error(passed[0], 0)
		return 0
	}))
	return 1
}

func coroutineYield(l *lua.LState) int {
	c := innermost()
	if c == nil {
		l.RaiseError("attempt to yield from outside a coroutine")
	}
	c.passed = values(l, 1)
	if !ending {
		c.give(yielded)
		current = c.strand
	}
	if ending {
		l.Error(lua.LString(errEnding.Error()), 0)
	}
	return push(l, c.passed)
}

func coroutineRunning(l *lua.LState) int {
	var running lua.LValue = lua.LNil
	if c := innermost(); c != nil {
		if t := c.holder.Value(); t != nil {
			running = t
		}
	}
	l.Push(running)
	return 1
}
