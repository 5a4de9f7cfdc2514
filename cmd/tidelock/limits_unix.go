//go:build unix

package main

import (
	"fmt"
	"syscall"
)

// limitDescriptors bounds the files and sockets that the process may have open, if the system does not do so more tightly.
func limitDescriptors(most int) error {
	if most == 0 {
		return nil
	}
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return fmt.Errorf("Cannot read the limit of open files: %w", err)
	}
	limit.Cur = min(limit.Cur, uint64(most))
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return fmt.Errorf("Cannot limit open files to %d: %w", most, err)
	}
	return nil
}
