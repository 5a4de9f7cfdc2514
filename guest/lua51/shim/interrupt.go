//go:build wasip1

package main

import (
	"context"
	"errors"
	"math"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"time"

	"tidelock/abi"
)

// interrupt is the word by which the host interrupts the running execution, and by which it is ended from here.
var interrupt uint32

const (
	timeout         = uint32(abi.InterruptTimeout)
	notEnoughMemory = "not enough memory"
)

// ending says that the running strand was cancelled or abandoned: every instruction fails, nothing waits.
var ending bool

var (
	errTimeout = errors.New("execution timeout")
	errEnding  = errors.New("execution was ended")
	errStarved = errors.New(notEnoughMemory)
)

// watch is the context of all Lua stacks: the interpreter asks it before every instruction whether to go on. It is the one
// place where something can happen to a script that does nothing but compute.
type watch struct{}

var failed = make(chan struct{}) // closed

func init() { close(failed) }

// instructionsPerRest is how many instructions pass between two looks at the memory. In between the collector gets its
// turn, which on a single thread nobody else gives it.
const instructionsPerRest = 1 << 14

var untilRest = instructionsPerRest

// Done implements context.Context. A nil channel lets the next instruction run.
func (watch) Done() <-chan struct{} {
	if untilRest--; untilRest > 0 && interrupt == uint32(abi.InterruptNone) {
		return nil
	}
	return attend()
}

func attend() <-chan struct{} {
	if untilRest <= 0 {
		untilRest = instructionsPerRest
		runtime.Gosched()
		if lacksMemory() {
			return failed
		}
	}
	switch interrupt {
	case timeout: // stays: a pcall in the script must not swallow it
		return failed
	case uint32(abi.InterruptYield):
		interrupt = uint32(abi.InterruptNone)
		if !ending && current != nil {
			s := current
			s.give(interrupted)
			current = s
		}
		if ending {
			return failed
		}
	}
	return nil
}

// Err implements context.Context: why the instruction failed that Done has refused.
func (watch) Err() error {
	switch {
	case ending:
		return errEnding
	case interrupt == timeout:
		return errTimeout
	}
	return errStarved
}

// Deadline implements context.Context.
func (watch) Deadline() (time.Time, bool) { return time.Time{}, false }

// Value implements context.Context.
func (watch) Value(any) any { return nil }

var _ context.Context = watch{}

var heap = []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}

// memoryInUse is what live objects take, and dead ones that were not collected yet, in bytes.
func memoryInUse() uint64 {
	metrics.Read(heap)
	return heap[0].Value.Uint64()
}

// memoryLimit is what the runtime keeps to while it can, as the host has told it: see GOMEMLIMIT in host/wasi.go.
var memoryLimit = debug.SetMemoryLimit(-1)

// lacksMemory says whether objects take more than the limit. A script ends then like one that Lua itself refuses memory;
// one that takes too much in a single step takes the whole guest down, for the runtime can refuse nothing.
func lacksMemory() bool {
	if memoryLimit == math.MaxInt64 || memoryInUse() < uint64(memoryLimit) {
		return false
	}
	runtime.GC()
	return memoryInUse() >= uint64(memoryLimit)
}
