//go:build wasip1

package main

import (
	lua "github.com/yuin/gopher-lua"
)

// What stands before and behind a script's function: the object that it gets, and the form of what it returns.

// entry is what a registration calls.
type entry interface {
	// function is what is called.
	function() lua.LValue
	// begin completes the arguments, which stand from index 2 on, behind the function. object is what it made of them.
	begin(l *lua.LState) (object *lua.LTable)
	// end writes the results, which stand from index 1 on.
	end(l *lua.LState, object *lua.LTable)
}

// references are the entries by the number that the host knows them by. 0 is none.
var (
	references = []entry{nil}
	free       []int
)

func refer(e entry) int {
	if n := len(free); n > 0 {
		number := free[n-1]
		free = free[:n-1]
		references[number] = e
		return number
	}
	references = append(references, e)
	return len(references) - 1
}

func unrefer(number int) {
	if number > 0 && number < len(references) && references[number] != nil {
		references[number] = nil
		free = append(free, number)
	}
}

// begin leaves the function of a registration and its arguments on the stack.
func begin(l *lua.LState, number, length int) (e entry, object *lua.LTable) {
	if number >= len(references) || references[number] == nil {
		l.RaiseError("no function is registered with this number")
	}
	e = references[number]
	l.Push(e.function())
	take(l, length)
	return e, e.begin(l)
}

// plain is a function that gets the arguments as they are, and whose results all go to the host.
type plain struct{ f lua.LValue }

func (e plain) function() lua.LValue          { return e.f }
func (e plain) begin(*lua.LState) *lua.LTable { return nil }
func (e plain) end(l *lua.LState, _ *lua.LTable) {
	outbox.Truncate(0)
	for i, top := 1, l.GetTop(); i <= top; i++ {
		put(l, l.Get(i), 0)
	}
}

// trusted is a chunk of the prelude: it gets the host table before its arguments.
type trusted struct{ plain }

func (e trusted) begin(l *lua.LState) *lua.LTable {
	l.Insert(hostTable, 2)
	return nil
}

// valued is host.value_entry(f): f gets the arguments as they are, and its last result is a sample.
type valued struct{ plain }

func (e valued) end(l *lua.LState, _ *lua.LTable) { putSample(l) }

// objective is host.object_entry(f, class, other_class, private, save [, alone]): f gets an object of class around the handle
// that comes first, or of other_class where a nil stands before the handle, and the other arguments. Its last result is a
// sample, unless the object alone counts. If that has a field private by then, save is called with it.
type objective struct {
	valued
	class, otherClass *lua.LTable
	private           lua.LValue
	save              *lua.LFunction
	alone             bool
}

func (e *objective) begin(l *lua.LState) *lua.LTable {
	class := e.class
	if l.Get(2) == lua.LNil {
		class = e.otherClass
		l.Remove(2)
	}
	object := l.CreateTable(0, 1)
	object.RawSet(privateIndex, l.Get(2))
	object.Metatable = class
	l.Replace(2, object)
	return object
}

func (e *objective) end(l *lua.LState, object *lua.LTable) {
	if object.RawGet(e.private) != lua.LNil {
		l.Push(e.save)
		l.Push(object)
		l.Call(1, 0)
	}
	if outbox.Truncate(0); !e.alone {
		putSample(l)
	}
}

// putSample writes the last result, if it has a form as a sample; what has none is false. No result is no sample.
func putSample(l *lua.LState) {
	outbox.Truncate(0)
	if l.GetTop() == 0 {
		return
	}
	switch last := l.Get(-1).(type) {
	case lua.LString, lua.LNumber, lua.LBool:
		put(l, last, 0)
	default:
		outbox.Bool(false)
	}
}

func newEntry(l *lua.LState, e entry) int {
	l.Push(&lua.LUserData{Value: e, Metatable: lua.LNil})
	return 1
}

func valueEntry(l *lua.LState) int { return newEntry(l, valued{plain{l.CheckFunction(1)}}) }

func objectEntry(l *lua.LState) int {
	return newEntry(l, &objective{
		valued: valued{plain{l.CheckFunction(1)}}, class: l.CheckTable(2), otherClass: l.CheckTable(3),
		private: l.CheckAny(4), save: l.CheckFunction(5), alone: l.ToBool(6),
	})
}

// index is host.index(methods, members): an __index that looks for a method; then for a member, which the function of its name
// makes of the object when it is first asked for, and which the object keeps.
func index(l *lua.LState) int {
	methods, members := l.CheckTable(1), l.CheckTable(2)
	l.Push(l.NewFunction(func(l *lua.LState) int {
		object, key := l.CheckTable(1), l.CheckAny(2)
		value := methods.RawGet(key)
		if value == lua.LNil {
			if make := members.RawGet(key); make != lua.LNil {
				l.Push(make)
				l.Push(object)
				l.Call(1, 1)
				value = l.Get(-1)
				object.RawSet(key, value)
			}
		}
		l.Push(value)
		return 1
	}))
	return 1
}
