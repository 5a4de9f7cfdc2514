//go:build unix

package proxy

import (
	"time"

	"golang.org/x/sys/unix"
)

// processorTime returns what the process has used of all processors.
func processorTime() time.Duration {
	var usage unix.Rusage
	if unix.Getrusage(unix.RUSAGE_SELF, &usage) != nil {
		return 0
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// descriptorLimit returns how many descriptors the process may have open, 0 when the system does not say.
func descriptorLimit() uint64 {
	var limit unix.Rlimit
	if unix.Getrlimit(unix.RLIMIT_NOFILE, &limit) != nil {
		return 0
	}
	return uint64(limit.Cur)
}
