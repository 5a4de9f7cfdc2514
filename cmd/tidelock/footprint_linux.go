package main

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"strings"
	"syscall"
)

// dropCode gives back the pages of the program's own file that the start needed. Most hold code that never runs again; the
// others come back from the kernel's cache of files, at a page fault each.
func dropCode() {
	maps, err := os.ReadFile("/proc/self/smaps")
	if err != nil {
		return // nothing is lost but the saving
	}
	program, err := os.Readlink("/proc/self/exe")
	if err != nil {
		return
	}
	for _, m := range cleanMappings(maps, program) {
		syscall.Syscall(syscall.SYS_MADVISE, m.start, m.end-m.start, syscall.MADV_DONTNEED)
	}
}

// mapping is a range of addresses.
type mapping struct{ start, end uintptr }

// cleanMappings returns where a file is mapped read only and every page is the file's: a loader that relocates would have
// made some of them the process's own, which cannot be dropped. smaps is what /proc/PID/smaps says (proc(5)).
func cleanMappings(smaps []byte, file string) []mapping {
	var found []mapping
	var current mapping
	readOnly, own := false, false
	for lines := bufio.NewScanner(bytes.NewReader(smaps)); lines.Scan(); {
		line := lines.Text()
		var m mapping
		var permissions string
		if n, _ := fmt.Sscanf(line, "%x-%x %s", &m.start, &m.end, &permissions); n == 3 {
			current, own = m, false
			readOnly = strings.HasPrefix(permissions, "r-") && strings.HasSuffix(line, " "+file)
			continue
		}
		name, rest, _ := strings.Cut(line, ":")
		value := strings.TrimSpace(rest)
		switch name {
		case "Anonymous", "Swap":
			own = own || value != "0 kB"
		case "VmFlags": // the last line of each
			if readOnly && !own {
				found = append(found, current)
			}
		}
	}
	return found
}
