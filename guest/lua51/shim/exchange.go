//go:build wasip1

package main

import (
	"math"
	"unsafe"

	lua "github.com/yuin/gopher-lua"

	"tidelock/abi"
)

// descriptor tells the host where the buffers are; its layout is in package abi. Go's collector moves nothing.
var descriptor struct{ inbox, inboxSize, outbox, outboxSize uint32 }

var (
	inbox  []byte
	outbox = abi.NewWriter(make([]byte, 0, abi.InboxSize))
)

func address[T any](p *T) int32 { return int32(uintptr(unsafe.Pointer(p))) }

// makeInbox makes the inbox hold size bytes, its contents lost.
func makeInbox(size int) bool {
	if size > abi.MaxExchange {
		return false
	}
	if size > len(inbox) {
		inbox = make([]byte, size)
		descriptor.inbox, descriptor.inboxSize = uint32(address(&inbox[0])), uint32(size)
	}
	publish()
	return true
}

// publish tells the host where the outbox is, which moves when it grows.
func publish() {
	written := outbox.Bytes()
	descriptor.outbox = uint32(uintptr(unsafe.Pointer(unsafe.SliceData(written))))
	descriptor.outboxSize = uint32(cap(written))
}

// handle is a host object's number, as the value of a userdata.
type handle uint32

// exactIntegers bounds the integers that a number of Lua 5.1 holds exactly.
const exactIntegers = 1 << 53

// put appends a value to the outbox, and raises an error for one that cannot cross. A number without a fraction crosses
// as an integer: Lua 5.1 knows no difference, and what the host shows of it has no ".0".
func put(l *lua.LState, v lua.LValue, depth int) {
	switch v := v.(type) {
	case *lua.LNilType:
		outbox.Nil()
	case lua.LBool:
		outbox.Bool(bool(v))
	case lua.LNumber:
		if f := float64(v); f == math.Trunc(f) && math.Abs(f) <= exactIntegers {
			outbox.Int(int64(f))
		} else {
			outbox.Float(f)
		}
	case lua.LString:
		if outbox.Len()+len(v) > abi.MaxExchange {
			l.RaiseError("value too large to pass (limit is %d bytes)", abi.MaxExchange)
		}
		outbox.String(string(v))
	case *lua.LTable:
		if depth >= abi.MaxDepth {
			l.RaiseError("table nested too deeply to pass (limit is %d levels)", abi.MaxDepth)
		}
		mark := outbox.BeginTable()
		v.ForEach(func(key, value lua.LValue) {
			put(l, key, depth+1)
			put(l, value, depth+1)
		})
		outbox.EndTable(mark)
	case *lua.LUserData:
		h, ok := v.Value.(handle)
		if !ok {
			l.RaiseError("a userdata cannot be passed out of the script")
		}
		outbox.Handle(uint32(h))
	default:
		l.RaiseError("a %s cannot be passed out of the script", v.Type())
	}
}

// take pushes the values in the inbox and returns their number. The host is trusted to encode well; what it copies from
// elsewhere it has checked.
func take(l *lua.LState, length int) int {
	count := 0
	for r := abi.NewReader(inbox[:length]); r.More(); count++ {
		l.Push(value(l, r.Next()))
	}
	return count
}

// value makes one of Lua's, which shares nothing with the inbox.
func value(l *lua.LState, v abi.Value) lua.LValue {
	switch v.Type {
	case abi.False, abi.True:
		return lua.LBool(v.Type == abi.True)
	case abi.Integer:
		return lua.LNumber(v.Int)
	case abi.Float:
		return lua.LNumber(v.Float)
	case abi.String:
		return lua.LString(v.Bytes)
	case abi.Table:
		t := l.NewTable()
		for r := v.Entries(); r.More(); {
			key := value(l, r.Next())
			t.RawSet(key, value(l, r.Next()))
		}
		return t
	case abi.Handle:
		return &lua.LUserData{Value: handle(v.Int), Metatable: lua.LNil}
	}
	return lua.LNil
}
