//go:build wasip1

package main

import (
	"math"
	"math/rand"
	"time"

	lua "github.com/yuin/gopher-lua"

	"tidelock/abi"
)

// The clock and the randomness of the guest are the host's. WASI's clock knows no time zone, and all clones of an image
// would share their random state.

// localTime is a moment in the host's time zone.
func localTime(seconds int64) time.Time {
	var result [2]int64
	integers(abi.OpTime, seconds, result[:])
	return time.Unix(seconds, 0).In(time.FixedZone("", int(result[1])))
}

func now() int64 {
	var result [2]int64
	integers(abi.OpTime, 0, result[:])
	return result[0] / int64(time.Second)
}

// openClock replaces what the library os would take from the system. original are its functions.
func openClock(l *lua.LState, library *lua.LTable) {
	date, clocktime := library.RawGetString("date"), library.RawGetString("time")
	l.SetFuncs(library, map[string]lua.LGFunction{
		"clock": func(l *lua.LState) int {
			var result [1]int64
			integers(abi.OpClock, 0, result[:])
			l.Push(lua.LNumber(float64(result[0]) / float64(time.Second)))
			return 1
		},
		"date": func(l *lua.LState) int {
			seconds := now()
			if l.GetTop() >= 2 {
				seconds = l.CheckInt64(2)
			}
			at := localTime(seconds)
			time.Local = at.Location()
			l.Push(date)
			l.Push(lua.LString(l.OptString(1, "%c")))
			l.Push(lua.LNumber(seconds))
			l.Call(2, 1)
			if t, ok := l.Get(-1).(*lua.LTable); ok { // which the library leaves at 0
				if l.CheckString(1)[0] == '!' {
					at = at.UTC()
				}
				t.RawSetString("yday", lua.LNumber(at.YearDay()))
			}
			return 1
		},
		"time": func(l *lua.LState) int {
			if l.GetTop() == 0 || l.Get(1) == lua.LNil {
				l.Push(lua.LNumber(now()))
				return 1
			}
			// In the zone of the day before and after, which differ where the offset changes: look again there.
			seconds := now()
			for range 2 {
				time.Local = localTime(seconds).Location()
				l.Push(clocktime)
				l.Push(l.Get(1))
				l.Call(1, 1)
				seconds = l.CheckInt64(-1)
				l.Pop(1)
			}
			l.Push(lua.LNumber(seconds))
			return 1
		},
	})
}

// reseedWanted is set in an image: every instance made from it needs randomness of its own.
var reseedWanted = true

func reseed() {
	var seed [2]int64
	integers(abi.OpRandom, 0, seed[:])
	random = rand.New(rand.NewSource(seed[0]))
}

var random = rand.New(rand.NewSource(1))

// openRandom replaces math.random and math.randomseed, which would take any range and draw from one source for all.
func openRandom(l *lua.LState, library *lua.LTable) {
	l.SetFuncs(library, map[string]lua.LGFunction{
		"random": func(l *lua.LState) int {
			least, most := 1.0, 0.0
			switch l.GetTop() {
			case 0:
				l.Push(lua.LNumber(random.Float64()))
				return 1
			case 1:
				most = math.Floor(float64(l.CheckNumber(1)))
			case 2:
				least, most = math.Floor(float64(l.CheckNumber(1))), math.Floor(float64(l.CheckNumber(2)))
			default:
				l.RaiseError("wrong number of arguments")
			}
			if !(least <= most) {
				l.ArgError(l.GetTop(), "interval is empty")
			}
			l.Push(lua.LNumber(math.Floor(random.Float64()*(most-least+1)) + least))
			return 1
		},
		"randomseed": func(l *lua.LState) int {
			random = rand.New(rand.NewSource(int64(l.CheckNumber(1))))
			return 0
		},
	})
}
