//go:build wasip1

package main

import (
	"runtime"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"tidelock/abi"
)

// mainState is the interpreter: the globals, and a stack on which no script runs.
var mainState *lua.LState

// hostTable is what trusted chunks get.
var hostTable *lua.LTable

func init() {
	makeInbox(abi.InboxSize)
	mainState = newState()
	mainState.G.MainThread = mainState
	openLibraries(mainState)
	speaker = newState()
}

// libraries are those that need no system, but for parts that are taken out below. Files, packages, coroutines and the
// output are the prelude's or ours; channels are no part of Lua.
var libraries = []struct {
	name    string
	open    lua.LGFunction
	removed []string
}{
	{"_G", lua.OpenBase, []string{"print", "dofile", "loadfile", "module", "require", "_printregs"}},
	{lua.TabLibName, lua.OpenTable, nil},
	{lua.StringLibName, lua.OpenString, []string{"dump"}},
	{lua.MathLibName, lua.OpenMath, nil},
	{lua.OsLibName, lua.OpenOs, []string{"execute", "exit", "getenv", "remove", "rename", "setenv", "tmpname"}},
	{lua.DebugLibName, lua.OpenDebug, nil},
}

func openLibraries(l *lua.LState) {
	loaded := l.NewTable()
	for _, library := range libraries {
		l.Push(l.NewFunction(library.open))
		l.Push(lua.LString(library.name))
		l.Call(1, 1)
		opened := l.Get(-1).(*lua.LTable)
		l.Pop(1)
		for _, name := range library.removed {
			opened.RawSetString(name, lua.LNil)
		}
		loaded.RawSetString(library.name, opened)
	}
	openCoroutine(l)
	loaded.RawSetString(lua.CoroutineLibName, l.GetGlobal(lua.CoroutineLibName))
	openClock(l, loaded.RawGetString(lua.OsLibName).(*lua.LTable))
	openRandom(l, loaded.RawGetString(lua.MathLibName).(*lua.LTable))
	l.SetFuncs(l.G.Global, map[string]lua.LGFunction{
		"collectgarbage": collectGarbage,
		"error":          raise,
		"load":           baseLoad,
		"loadstring":     baseLoad,
	})
	l.SetFuncs(loaded.RawGetString(lua.StringLibName).(*lua.LTable), map[string]lua.LGFunction{"rep": repeat})
	tables := loaded.RawGetString(lua.TabLibName).(*lua.LTable)
	l.SetFuncs(tables, map[string]lua.LGFunction{"pack": pack})
	tables.RawSetString("unpack", l.GetGlobal("unpack"))
	openDebug(l, loaded.RawGetString(lua.DebugLibName).(*lua.LTable))

	hostTable = l.SetFuncs(l.NewTable(), map[string]lua.LGFunction{
		"bind": bind, "count_arguments": countArguments, "ref": reference, "unref": unreference, "source": source,
		"value_entry": valueEntry, "object_entry": objectEntry, "index": index,
	})
	hostTable.RawSetString("loaded", loaded)
}

// reference is host.ref(function or entry) -> number, by which the host starts it.
func reference(l *lua.LState) int {
	var e entry
	switch v := l.CheckAny(1).(type) {
	case *lua.LFunction:
		e = plain{v}
	case *lua.LUserData:
		e, _ = v.Value.(entry)
	}
	if e == nil {
		l.ArgError(1, "function or entry expected")
	}
	l.Push(lua.LNumber(refer(e)))
	return 1
}

// unreference is host.unref(number): the function will not be started any more.
func unreference(l *lua.LState) int {
	unrefer(l.CheckInt(1))
	return 0
}

// source is host.source(function) -> chunk name, line where it is defined.
func source(l *lua.LState) int {
	f := l.CheckFunction(1)
	if f.IsG {
		l.Push(lua.LString("[C]"))
		l.Push(lua.LNumber(-1))
		return 2
	}
	l.Push(lua.LString(f.Proto.SourceName))
	l.Push(lua.LNumber(f.Proto.LineDefined))
	return 2
}

// collectGarbage is collectgarbage, whose collector cannot be stopped or tuned by scripts.
func collectGarbage(l *lua.LState) int {
	switch option := l.OptString(1, "collect"); option {
	case "count":
		l.Push(lua.LNumber(float64(memoryInUse()) / 1024))
	case "collect", "step":
		runtime.GC()
		l.Push(lua.LNumber(0))
	case "stop", "restart", "setpause", "setstepmul":
		l.Push(lua.LNumber(0))
	default:
		l.ArgError(1, "invalid option '"+option+"'")
	}
	return 1
}

// raise is error, whose level counts as Lua's does: the interpreter's own takes 1 and 2 for the same.
func raise(l *lua.LState) int {
	object := l.Get(1)
	level := l.OptInt(2, 1)
	if text, ok := object.(lua.LString); ok && level > 0 {
		object = lua.LString(where(l, level)) + text
	}
	l.Error(object, 0)
	return 0
}

// pack is table.pack, which LuaJIT has, too.
func pack(l *lua.LState) int {
	all := values(l, 1)
	t := l.CreateTable(len(all), 1)
	for i, v := range all {
		t.RawSetInt(i+1, v)
	}
	t.RawSetString("n", lua.LNumber(len(all)))
	l.Push(t)
	return 1
}

// openDebug gives the answers of debug.getinfo the field that the library leaves out.
func openDebug(l *lua.LState, library *lua.LTable) {
	information := library.RawGetString("getinfo")
	library.RawSetString("getinfo", l.NewFunction(func(l *lua.LState) int {
		if level, ok := l.Get(1).(lua.LNumber); ok {
			l.Replace(1, level+1) // this function stands between
		}
		arguments := values(l, 1)
		l.Push(information)
		l.Call(push(l, arguments), 1)
		if t, ok := l.Get(-1).(*lua.LTable); ok {
			if from := t.RawGetString("source"); from != lua.LNil {
				if from == lua.LString("") {
					from = lua.LString("[C]")
				}
				t.RawSetString("short_src", from)
			}
		}
		return 1
	}))
}

// repeat is string.rep, which refuses what would take the guest down.
func repeat(l *lua.LState) int {
	text, count := l.CheckString(1), l.CheckNumber(2)
	if count <= 0 || text == "" {
		l.Push(lua.LString(""))
		return 1
	}
	size := float64(len(text)) * float64(count)
	if size >= 1<<31 {
		l.RaiseError("resulting string too large")
	}
	if size > float64(memoryLimit)/2 {
		l.Error(lua.LString(notEnoughMemory), 0)
	}
	l.Push(lua.LString(strings.Repeat(text, int(count))))
	return 1
}
