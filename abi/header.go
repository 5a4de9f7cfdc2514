package abi

import (
	"fmt"
	"strings"
)

type constant struct {
	name  string
	value uint32
}

var groups = []struct {
	prefix    string
	constants []constant
}{
	{"ABI_TYPE_", []constant{
		{"NIL", uint32(Nil)}, {"FALSE", uint32(False)}, {"TRUE", uint32(True)}, {"INTEGER", uint32(Integer)},
		{"FLOAT", uint32(Float)}, {"STRING", uint32(String)}, {"TABLE", uint32(Table)}, {"HANDLE", uint32(Handle)},
	}},
	{"ABI_OP_", []constant{
		{"RESOLVE", uint32(OpResolve)}, {"TAKE", uint32(OpTake)}, {"WAIT", uint32(OpWait)}, {"TIME", uint32(OpTime)},
		{"CLOCK", uint32(OpClock)}, {"RANDOM", uint32(OpRandom)}, {"WARN", uint32(OpWarn)},
	}},
	{"ABI_STATUS_", []constant{
		{"OK", uint32(StatusOK)}, {"ERROR", uint32(StatusError)}, {"PARK", uint32(StatusPark)}, {"MORE", uint32(StatusMore)},
	}},
	{"ABI_OUTCOME_", []constant{
		{"DONE", uint32(Done)}, {"PARKED", uint32(Parked)}, {"YIELDED", uint32(Yielded)}, {"FAILED", uint32(Failed)},
		{"OUT_OF_MEMORY", uint32(OutOfMemory)},
	}},
	{"ABI_INTERRUPT_", []constant{
		{"NONE", uint32(InterruptNone)}, {"YIELD", uint32(InterruptYield)}, {"TIMEOUT", uint32(InterruptTimeout)},
	}},
}

// Header returns the contract as a C header, for guests written in C.
func Header() string {
	var b strings.Builder
	b.WriteString("/* Generated from package abi by go run ./abi/genheader; do not edit. */\n#ifndef TIDELOCK_ABI_H\n#define TIDELOCK_ABI_H\n\n")
	define := func(name string, value any) { fmt.Fprintf(&b, "#define %-26s %v\n", name, value) }
	define("ABI_VERSION", VersionMajor<<16|VersionMinor)
	define("ABI_IMPORT_MODULE", `"`+ImportModule+`"`)
	for _, group := range groups {
		b.WriteString("\n")
		for _, c := range group.constants {
			define(group.prefix+c.name, c.value)
		}
	}
	b.WriteString("\n")
	define("ABI_FIRST_FUNCTION", uint32(FirstFunction))
	define("ABI_MAX_DEPTH", MaxDepth)
	define("ABI_INBOX_SIZE", InboxSize)
	define("ABI_MAX_EXCHANGE", MaxExchange)
	b.WriteString("\n#endif\n")
	return b.String()
}
