package command

import (
	"cmp"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strings"
	"time"

	"tidelock/proxy/counter"
	api "tidelock/proxy/runtime"
)

// Inspection returns the commands that show how the process does its work. HAProxy's lines are kept where the Go runtime
// knows what they say; what belongs to an event loop (polls, wake-ups, a thread's current task) is left out, as are "show
// threads" and the profiling commands: the runtime moves goroutines between threads at will.
func Inspection(process *counter.Process, startup func() string) []api.Command {
	return []api.Command{
		{Words: "show activity", Usage: "show activity", Help: "show per-thread activity stats (for support/developers)",
			Run: func(c *api.Call) { showActivity(c, process) }},
		{Words: "show fd", Usage: "show fd [num]", Help: "dump list of file descriptors in use or a specific one", Level: api.Operator, Run: showDescriptors},
		{Words: "show libs", Usage: "show libs", Help: "show loaded object files and libraries", Level: api.Operator, Run: showLibraries},
		{Words: "show pools", Usage: "show pools", Help: "report information about the memory pools usage", Run: showPools},
		{Words: "show startup-logs", Usage: "show startup-logs", Help: "report logs emitted during HAProxy startup", Level: api.Operator,
			Run: func(c *api.Call) { c.Printf("%s\n", startup()) }},
		{Words: "show tasks", Usage: "show tasks", Help: "show running tasks", Run: showTasks},
	}
}

// show activity
func showActivity(c *api.Call, process *counter.Process) {
	now := time.Now()
	c.Printf("date_now: %d.%06d\n", now.Unix(), now.Nanosecond()/1000)
	c.Printf("ctxsw: %d\n", contextSwitches())
	c.Printf("accepted: %d\n", process.AllConnections.Load())
}

// show pools
//
// The allocator's size classes are the pools.
func showPools(c *api.Call) {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	c.Printf("Dumping pools usage.\n")
	pools := 0
	for _, class := range m.BySize {
		if used := class.Mallocs - class.Frees; used > 0 {
			pools++
			c.Printf("  - Pool size%d (%d bytes) : %d allocated (%d bytes), %d used\n", class.Size, class.Size, used, used*uint64(class.Size), used)
		}
	}
	c.Printf("Total: %d pools, %d bytes allocated, %d used.\n", pools, m.HeapSys-m.HeapReleased, m.HeapAlloc)
}

// show tasks
//
// Goroutines are counted by the function that each began with.
func showTasks(c *api.Call) {
	records := make([]runtime.StackRecord, runtime.NumGoroutine()+64)
	n, ok := runtime.GoroutineProfile(records)
	for !ok {
		records = make([]runtime.StackRecord, 2*n)
		n, ok = runtime.GoroutineProfile(records)
	}
	count := map[string]int{}
	for i := range records[:n] {
		count[began(&records[i])]++
	}
	c.Printf("Running tasks: %d (%d threads)\n", n, runtime.GOMAXPROCS(0))
	c.Printf("  %-28s %6s %5s\n", "function", "places", "%")
	names := slices.SortedFunc(maps.Keys(count), func(a, b string) int {
		return cmp.Or(count[b]-count[a], strings.Compare(a, b))
	})
	for _, name := range names {
		c.Printf("  %-28s %6d %5.1f\n", name, count[name], 100*float64(count[name])/float64(n))
	}
}

// began returns the function that a goroutine began with.
func began(r *runtime.StackRecord) string {
	frames := runtime.CallersFrames(r.Stack())
	name := ""
	for {
		frame, more := frames.Next()
		if frame.Function != "" && frame.Function != "runtime.goexit" {
			name = frame.Function
		}
		if !more {
			return name
		}
	}
}

// mapping is a file that the process has in its memory.
type mapping struct {
	first, end uint64
	name       string
}

// show libs
func showLibraries(c *api.Call) {
	for _, m := range mappings() {
		c.Printf("0x%012x-0x%012x (0x%07x) %s\n", m.first, m.end-1, m.end-m.first, m.name)
	}
}

// join puts the parts of one file together, which lie one behind the other.
func join(all []mapping, line string) []mapping {
	var m mapping
	var permissions, offset, device, inode string
	n, _ := fmt.Sscanf(line, "%x-%x %s %s %s %s %s", &m.first, &m.end, &permissions, &offset, &device, &inode, &m.name)
	if n < 7 || !strings.HasPrefix(m.name, "/") {
		return all
	}
	if last := len(all) - 1; last >= 0 && all[last].name == m.name {
		all[last].end = m.end
		return all
	}
	return append(all, m)
}
