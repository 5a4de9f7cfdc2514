//go:build wasip1

package main

import (
	"errors"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"tidelock/abi"
)

// execution is one call of a registered function after the other: its strand serves again and again.
type execution struct {
	*strand
	registration, length int // of the call: what to run, and the length of its arguments in the inbox
	busy                 bool
	err                  error // of the call that has ended
}

// executions by number: the host gives out the lowest free one.
var executions []*execution

func executionAt(number int) *execution {
	for number >= len(executions) {
		executions = append(executions, nil)
	}
	if executions[number] == nil {
		executions[number] = newExecution()
	}
	return executions[number]
}

func suspended(number int) bool {
	return number < len(executions) && executions[number] != nil && executions[number].busy
}

func newExecution() *execution {
	x := &execution{}
	var enter *lua.LFunction
	x.strand = newStrand(func(s *strand) {
		for {
			x.err = nil
			s.state.Push(enter)
			x.err = s.state.PCall(0, 0, nil)
			s.state.SetTop(0)
			s.give(ended)
		}
	})
	enter = x.state.NewFunction(func(l *lua.LState) int {
		execute(l, x.registration, x.length)
		return 0
	})
	return x
}

// end makes a suspended execution fail, so that nothing of it is left.
func (x *execution) end() {
	x.strand.end()
	x.busy = false
}

// run gives control to an execution, and tells the host what it has come to.
func (x *execution) run() int64 {
	x.busy = true
	switch x.strand.run() {
	case parked:
		return finish(abi.Parked)
	case interrupted:
		return finish(abi.Yielded)
	}
	x.busy = false
	if x.err != nil {
		return fail(x.err)
	}
	return finish(abi.Done)
}

// execute calls a registered function with the arguments in the inbox, and leaves its results in the outbox.
func execute(l *lua.LState, registration, length int) {
	e, object := begin(l, registration, length)
	if reseedWanted {
		reseedWanted = false
		reseed() // which calls the host: the inbox has been read by now
	}
	l.Call(l.GetTop()-1, lua.MultRet)
	e.end(l, object)
}

// fail describes an error to the host: message, traceback.
func fail(err error) int64 {
	message, trace := describe(err)
	outbox.Truncate(0)
	outbox.String(message)
	outbox.String(trace)
	if strings.HasSuffix(message, notEnoughMemory) {
		return finish(abi.OutOfMemory)
	}
	return finish(abi.Failed)
}

// describe returns what an error object says, and where its function stood.
func describe(err error) (message, trace string) {
	raised, ok := errors.AsType[*lua.ApiError](err)
	if !ok {
		return err.Error(), ""
	}
	switch object := raised.Object.(type) {
	case nil:
		message = raised.Error()
	case lua.LString, lua.LNumber:
		message = object.String()
	default:
		message = "(error object is a " + object.Type().String() + " value)"
		if text, ok := speak(object); ok {
			message = text
		}
	}
	return message, raised.StackTrace
}

// speaker is the stack on which error objects speak for themselves.
var speaker *lua.LState

// speak asks an error object's __tostring, which may do whatever a script can.
func speak(object lua.LValue) (string, bool) {
	f := speaker.GetMetaField(object, "__tostring")
	if f == lua.LNil {
		return "", false
	}
	defer speaker.SetTop(0)
	if speaker.CallByParam(lua.P{Fn: f, NRet: 1, Protect: true}, object) != nil {
		return "", false
	}
	text, ok := speaker.Get(-1).(lua.LString)
	return string(text), ok
}
