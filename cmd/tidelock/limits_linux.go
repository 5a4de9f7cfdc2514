package main

import (
	"fmt"
	"os"
	"strconv"

	"golang.org/x/sys/unix"

	"tidelock/proxy/config"
)

// bindProcessors has all threads of the process run on some processors only; those that start later inherit it.
func bindProcessors(cpus *config.CPUSet) error {
	if cpus.Empty() {
		return nil
	}
	var set unix.CPUSet
	for cpu := range len(cpus) * 64 {
		if cpus[cpu/64]&(1<<(cpu%64)) != 0 {
			set.Set(cpu)
		}
	}
	// Until a pass over the threads meets none that is new.
	for seen := map[int]bool{}; ; {
		tasks, err := os.ReadDir("/proc/self/task")
		if err != nil {
			return fmt.Errorf("Cannot bind to processors: %w", err)
		}
		before := len(seen)
		for _, task := range tasks {
			id, _ := strconv.Atoi(task.Name())
			if seen[id] {
				continue
			}
			seen[id] = true
			if err := unix.SchedSetaffinity(id, &set); err != nil && err != unix.ESRCH {
				return fmt.Errorf("Cannot bind to processors: %w", err)
			}
		}
		if len(seen) == before {
			return nil
		}
	}
}
