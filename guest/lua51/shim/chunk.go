//go:build wasip1

package main

import (
	"errors"
	"fmt"
	"strings"

	lua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/parse"

	"tidelock/abi"
)

// loadChunk compiles the chunk in the inbox (name, source, whether it is trusted) and returns the number of its main
// function.
func loadChunk(length int) (number int, err error) {
	r := abi.NewReader(inbox[:length])
	name, source, isTrusted := r.Next(), r.Next(), r.Next()
	if name.Type != abi.String || source.Type != abi.String || r.Err() != nil {
		return 0, errors.New("a chunk needs a name, a source and whether it is trusted")
	}
	f, err := compile(mainState, string(source.Bytes), string(name.Bytes))
	if err != nil {
		return 0, err
	}
	if isTrusted.Truth() {
		return refer(trusted{plain{f}}), nil
	}
	return refer(plain{f}), nil
}

// compile makes a function of a text. Errors have the form that Lua gives them.
func compile(l *lua.LState, source, name string) (f *lua.LFunction, err error) {
	name = shown(name)
	defer func() {
		if caught := recover(); caught != nil { // the compiler gives up at some programs with a panic
			err = fmt.Errorf("%s: %v", name, caught)
		}
	}()
	f, err = l.Load(strings.NewReader(source), name)
	if err == nil {
		return f, nil
	}
	raised, ok := errors.AsType[*lua.ApiError](err)
	if !ok {
		return nil, err
	}
	switch cause := raised.Cause.(type) {
	case *parse.Error:
		if cause.Pos.Line == parse.EOF {
			return nil, fmt.Errorf("%s%s near '<eof>'", place(name, 1+strings.Count(source, "\n")), cause.Message)
		}
		return nil, fmt.Errorf("%s%s near '%s'", place(name, cause.Pos.Line), cause.Message, cause.Token)
	case *lua.CompileError:
		return nil, fmt.Errorf("%s%s", place(name, cause.Line), cause.Message)
	}
	return nil, err
}

// shown is a chunk's name as messages show it: "@file" and "=text" without the mark, a source text as its first line.
func shown(name string) string {
	const longest = 45
	if rest, ok := strings.CutPrefix(name, "@"); ok {
		return rest
	}
	if rest, ok := strings.CutPrefix(name, "="); ok {
		return rest
	}
	line, _, more := strings.Cut(name, "\n")
	if more || len(line) > longest {
		line = line[:min(len(line), longest)] + "..."
	}
	return `[string "` + line + `"]`
}

// place is a position as it begins a message.
func place(source string, line int) string { return fmt.Sprintf("%s:%d: ", source, line) }

// where is the position of the function at a level, empty for one that is not Lua's.
func where(l *lua.LState, level int) string {
	at, ok := l.GetStack(level)
	if !ok {
		return ""
	}
	l.GetInfo("Sl", at, nil)
	if at.CurrentLine <= 0 {
		return ""
	}
	return place(at.Source, at.CurrentLine)
}

// baseLoad is load(text or function [, name [, mode [, environment]]]), as LuaJIT and Lua 5.2 have it: what a script of the
// Lua 5.1 world finds in most of it. There are no binary chunks.
func baseLoad(l *lua.LState) int {
	var source, name string
	switch chunk := l.Get(1).(type) {
	case lua.LString, lua.LNumber:
		source = chunk.String()
		name = l.OptString(2, source)
	default:
		source = pieces(l, l.CheckFunction(1))
		name = l.OptString(2, "=(load)")
	}
	f, err := compile(l, source, name)
	if err != nil {
		l.Push(lua.LNil)
		l.Push(lua.LString(err.Error()))
		return 2
	}
	if l.GetTop() >= 4 {
		if environment, ok := l.Get(4).(*lua.LTable); ok {
			f.Env = environment
		}
	} else {
		f.Env = l.G.Global
	}
	l.Push(f)
	return 1
}

// pieces calls a reader function until it gives nothing more.
func pieces(l *lua.LState, reader *lua.LFunction) string {
	var b strings.Builder
	for {
		l.Push(reader)
		l.Call(0, 1)
		piece := l.Get(-1)
		l.Pop(1)
		if piece == lua.LNil || piece == lua.LString("") {
			return b.String()
		}
		if !lua.LVCanConvToString(piece) {
			l.RaiseError("reader function must return a string")
		}
		b.WriteString(piece.String())
	}
}
