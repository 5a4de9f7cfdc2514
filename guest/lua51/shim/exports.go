//go:build wasip1

package main

import (
	"runtime"

	"tidelock/abi"
)

func main() {} // a reactor's never runs

//go:wasmexport version
func version() int32 { return abi.VersionMajor<<16 | abi.VersionMinor }

//go:wasmexport allocate
func allocate(size int32) int32 {
	if !makeInbox(int(uint32(size))) {
		return 0
	}
	return address(&descriptor)
}

//go:wasmexport interrupt_word
func interruptWord() int32 { return address(&interrupt) }

//go:wasmexport load
func load(length int32) int64 {
	defer rest()
	outbox.Truncate(0)
	number, err := loadChunk(int(length))
	if err != nil {
		return fail(err)
	}
	outbox.Int(int64(number))
	return finish(abi.Done)
}

//go:wasmexport start
func start(number, registration, length int32) int64 {
	defer rest()
	endAbandoned()
	x := executionAt(int(number))
	x.registration, x.length = int(registration), int(length)
	return x.run()
}

//go:wasmexport resume
func resume(number, status, length int32) int64 {
	defer rest()
	if !suspended(int(number)) {
		outbox.Truncate(0)
		return finish(abi.Failed)
	}
	answer = packed{abi.Status(status), int(length)}
	return executions[number].run()
}

//go:wasmexport cancel
func cancel(number int32) int64 {
	defer rest()
	if suspended(int(number)) {
		executions[number].end()
	}
	outbox.Truncate(0)
	return finish(abi.Done)
}

//go:wasmexport collect
func collect() int32 {
	defer rest()
	endAbandoned()
	runtime.GC()
	endAbandoned() // what the first collection has found
	runtime.GC()
	reseedWanted = true
	return int32(memoryInUse())
}

// finish hands the outbox over.
func finish(outcome abi.Outcome) int64 {
	publish()
	return int64(abi.Pack(uint8(outcome), outbox.Len()))
}

// rest leaves nothing of what was executed to what comes next, an interrupt that did not strike above all.
func rest() {
	interrupt = uint32(abi.InterruptNone)
	ending = false
	current = nil
}
