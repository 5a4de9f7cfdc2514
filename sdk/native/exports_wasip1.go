package native

import (
	"unsafe"

	"tidelock/abi"
)

// descriptor tells the host where the buffers are; its layout is in package abi. Go's collector moves nothing.
var descriptor struct{ inbox, inboxSize, outbox, outboxSize uint32 }

var (
	inbox  []byte
	outbox = abi.NewWriter(make([]byte, 0, abi.InboxSize))
)

//go:wasmexport version
func version() int32 { return abi.VersionMajor<<16 | abi.VersionMinor }

//go:wasmexport allocate
func allocate(size int32) int32 {
	if uint32(size) > abi.MaxExchange {
		return 0
	}
	if int(uint32(size)) > len(inbox) {
		inbox = make([]byte, uint32(size))
		descriptor.inbox, descriptor.inboxSize = uint32(uintptr(unsafe.Pointer(&inbox[0]))), uint32(len(inbox))
	}
	publish()
	return int32(uintptr(unsafe.Pointer(&descriptor)))
}

//go:wasmexport functions
func list() int64 {
	outbox.Truncate(0)
	for _, name := range names {
		outbox.String(name)
	}
	return finish(abi.Done)
}

//go:wasmexport invoke
func call(function, length int32) int64 {
	outbox.Truncate(0)
	return finish(invoke(int(function), inbox[:uint32(length)], &outbox))
}

func finish(outcome abi.Outcome) int64 {
	publish()
	return int64(abi.Pack(uint8(outcome), outbox.Len()))
}

// publish tells the host where the outbox is, which moves when it grows.
func publish() {
	written := outbox.Bytes()
	descriptor.outbox = uint32(uintptr(unsafe.Pointer(unsafe.SliceData(written))))
	descriptor.outboxSize = uint32(cap(written))
}
