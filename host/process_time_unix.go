//go:build unix

package host

import (
	"time"

	"golang.org/x/sys/unix"
)

// processTime returns the processor time that the process has used, which is what Lua's os.clock measures.
func processTime() time.Duration {
	var usage unix.Rusage
	if unix.Getrusage(unix.RUSAGE_SELF, &usage) != nil {
		return monotonic()
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
