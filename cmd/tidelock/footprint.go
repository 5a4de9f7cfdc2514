package main

import (
	"os"
	"runtime/debug"
)

// garbagePercent is how much garbage may lie beside what is in use, once the proxy serves: half of Go's usual amount, while an
// exchange leaves none or little behind. Telemetry leaves some for exchanges that are traced or run scripts: with half as much,
// collecting it would cost an eighth of the processor's time.
const garbagePercent = 50

// settle gives back the memory that only the start needed.
func settle(followed bool) {
	if _, chosen := os.LookupEnv("GOGC"); !chosen && !followed {
		debug.SetGCPercent(garbagePercent)
	}
	debug.FreeOSMemory()
	dropCode()
}
