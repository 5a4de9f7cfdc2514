package main

import (
	"os"
	"runtime/debug"
)

// garbagePercent is how much garbage may lie beside what is in use, once the proxy serves. Exchanges leave little behind, so
// that half of Go's usual amount costs nothing that could be measured.
const garbagePercent = 50

// settle gives back the memory that only the start needed.
func settle() {
	if _, chosen := os.LookupEnv("GOGC"); !chosen {
		debug.SetGCPercent(garbagePercent)
	}
	debug.FreeOSMemory()
	dropCode()
}
