//go:build wasip1

package main

import (
	"fmt"
	"strings"
	"unsafe"

	lua "github.com/yuin/gopher-lua"

	"tidelock/abi"
)

//go:wasmimport tidelock call
func hostCall(op uint32, address uint32, length uint32) uint64

// packed is the result of a host call.
type packed struct {
	status abi.Status
	length int
}

// answer is the host's, to the operation that the execution parked for which runs now.
var answer packed

// call gives the host what stands in the outbox.
func call(op abi.Operation) packed {
	publish()
	return unpack(hostCall(uint32(op), descriptor.outbox, uint32(outbox.Len())))
}

func unpack(result uint64) packed {
	status, length := abi.Unpack(result)
	return packed{abi.Status(status), length}
}

// conclude gives a host call's result to Lua: it pushes values, raises an error, or waits and then does so.
func conclude(l *lua.LState, result packed) int {
	for {
		switch result.status {
		case abi.StatusOK:
			return take(l, result.length)
		case abi.StatusMore:
			if !makeInbox(result.length) {
				l.Error(lua.LString(notEnoughMemory), 0)
			}
			result = unpack(hostCall(uint32(abi.OpTake), descriptor.inbox, uint32(result.length)))
		case abi.StatusPark:
			if current == nil { // nobody can be given control: an error object speaks
				result = call(abi.OpWait)
				continue
			}
			suspend(l, parked)
			result = answer
		default:
			message := "operation failed"
			r := abi.NewReader(inbox[:result.length])
			if v := r.Next(); v.Type == abi.String {
				message = string(v.Bytes)
			}
			l.Error(lua.LString(position(l)+named(l, message)), 0)
		}
	}
}

// position is where the innermost function of the script itself stands, passing over the prelude, whose chunks have
// names in angle brackets.
func position(l *lua.LState) string {
	for level := 0; ; level++ {
		at, ok := l.GetStack(level)
		if !ok {
			return ""
		}
		l.GetInfo("Sl", at, nil)
		if at.CurrentLine > 0 && at.Source[0] != '<' {
			return place(at.Source, at.CurrentLine)
		}
	}
}

// named puts the name by which the script called what runs now, through the prelude's own functions, into a message of the
// host, which knows the number of a bad argument alone: "bad argument #1 (...)" becomes "bad argument #1 to 'connect' (...)".
func named(l *lua.LState, message string) string {
	number, rest, _ := strings.Cut(message, " (")
	if !strings.HasPrefix(number, "bad argument #") || rest == "" || strings.Contains(number, " to ") {
		return message
	}
	level := 0
	for {
		caller, ok := l.GetStack(level + 1)
		if !ok {
			break
		}
		l.GetInfo("S", caller, nil)
		if caller.Source == "" || caller.Source[0] != '<' {
			break
		}
		level++
	}
	called, ok := l.GetStack(level)
	if !ok {
		return message
	}
	l.GetInfo("n", called, nil)
	if called.Name == "" || called.Name[0] == '(' || called.Name[0] == '<' {
		return message
	}
	return number + " to '" + called.Name + "' (" + rest
}

// bind is host.bind(name [, method]) -> function. A method's first argument is the handle in self[0], as HAProxy's
// objects keep their private data there.
func bind(l *lua.LState) int {
	method := l.ToBool(2)
	outbox.Truncate(0)
	outbox.String(l.CheckString(1))
	conclude(l, call(abi.OpResolve))
	op := abi.FirstFunction + abi.Operation(l.CheckNumber(-1))
	l.Push(l.NewFunction(func(l *lua.LState) int {
		outbox.Truncate(0)
		first := 1
		if method {
			putSelf(l)
			first = 2
		}
		for i, top := first, l.GetTop(); i <= top; i++ {
			put(l, l.Get(i), 0)
		}
		return conclude(l, call(op))
	}))
	return 1
}

// countArguments is host.count_arguments(f, name, least [, most]): a method that bind made, behind a check of how many arguments
// it gets, its object included; nothing for any other function.
func countArguments(l *lua.LState) int {
	f, name, least := l.CheckFunction(1), l.CheckString(2), l.CheckInt(3)
	most := l.OptInt(4, least)
	if !f.IsG {
		return 0
	}
	expected := fmt.Sprint(least)
	if least != most {
		expected = fmt.Sprintf("between %d and %d", least, most)
	}
	l.Push(l.NewFunction(func(l *lua.LState) int {
		if n := l.GetTop(); n < least || n > most {
			l.Error(lua.LString(fmt.Sprintf("%s'%s' needs %s arguments", position(l), name, expected)), 0)
		}
		return f.GFunction(l)
	}))
	return 1
}

// privateIndex is where an object has its handle.
const privateIndex = lua.LNumber(0)

func putSelf(l *lua.LState) {
	if self, ok := l.Get(1).(*lua.LTable); ok {
		if data, ok := self.RawGet(privateIndex).(*lua.LUserData); ok {
			put(l, data, 0)
			return
		}
	}
	l.ArgError(1, "not an object of this class (use ':' to call a method)")
}

// integers is a host call for the libraries' own needs: integers in, integers out, zeros on failure. It keeps what the
// outbox holds.
func integers(op abi.Operation, argument int64, results []int64) {
	arguments := abi.NewWriter(make([]byte, 0, 9))
	arguments.Int(argument)
	encoded := arguments.Bytes()
	result := unpack(hostCall(uint32(op), uint32(uintptr(unsafe.Pointer(&encoded[0]))), uint32(len(encoded))))
	clear(results)
	if result.status != abi.StatusOK || result.length > len(inbox) {
		return
	}
	r := abi.NewReader(inbox[:result.length])
	for i := range results {
		results[i] = r.Next().Int
	}
}
