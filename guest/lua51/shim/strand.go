//go:build wasip1

package main

import (
	"iter"

	lua "github.com/yuin/gopher-lua"
)

// strand is a Lua stack and the goroutine that runs it: an execution's, or that of a coroutine.
type strand struct {
	state *lua.LState
	next  func() (event, bool) // runs the strand until it gives control back
	give  func(event) bool     // gives control back, on the strand's own goroutine
}

// event is why a strand gives control back.
type event int

const (
	ended       event = iota // its function has returned or failed
	yielded                  // a coroutine's yield: its business with whoever resumed it
	parked                   // the host has to carry out an operation
	interrupted              // another execution shall have the instance
)

// current is the strand that runs, nil between executions.
var current *strand

// Sizes of a stack. It starts small, since most hold a function or two and there may be thousands of them.
const (
	registersAtFirst = 128       // gopher-lua's least
	registersAtMost  = 128 << 10 // 16 bytes each
	registersMore    = 1 << 10
	callsAtMost      = 2048
)

// newState makes a Lua stack that shares everything else with the main state.
func newState() *lua.LState {
	if mainState == nil {
		return lua.NewState(lua.Options{
			SkipOpenLibs: true, MinimizeStackMemory: true, CallStackSize: callsAtMost,
			RegistrySize: registersAtFirst, RegistryMaxSize: registersAtMost, RegistryGrowStep: registersMore,
		})
	}
	l, _ := mainState.NewThread()
	l.SetContext(watch{})
	return l
}

// newStrand makes a strand whose goroutine runs body when it is first given control.
func newStrand(body func(*strand)) *strand {
	s := &strand{state: newState()}
	s.next, _ = iter.Pull(func(give func(event) bool) {
		s.give = give
		body(s)
	})
	return s
}

// run gives control to s until its script has something to say to whoever called: what s waits for otherwise is handed on
// to the strand that runs, from one to the next, until the host has it.
func (s *strand) run() event {
	outer := current
	for {
		current = s
		e, _ := s.next()
		current = outer
		if outer == nil || e == ended || e == yielded {
			return e
		}
		outer.give(e)
	}
}

// suspend gives control to the host, for an event of its. An execution that is being ended does not wait any more.
func suspend(l *lua.LState, e event) {
	if !ending && current != nil {
		s := current
		s.give(e)
		current = s
	}
	if ending {
		l.Error(lua.LString(errEnding.Error()), 0)
	}
}

// end makes the function of a suspended strand fail, again and again until nothing of it is left.
func (s *strand) end() {
	ending = true
	interrupt = timeout
	s.run()
}
