package config

import (
	"math/bits"
	"strconv"
	"strings"
	"time"

	"tidelock/proxy/config/syntax"
)

// Process is what the global section asks of the process among others of the system.
type Process struct {
	DescriptorLimit int           // fd-hard-limit: the most files and sockets that may be open, 0 is the system's limit
	CPUs            CPUSet        // cpu-map: processors to run on; empty for all
	Grace           time.Duration // how long connections are accepted after a soft stop was asked for
}

// CPUSet is a set of processors by their numbers.
type CPUSet [maxCPUs / 64]uint64

// maxCPUs is how many processors HAProxy numbers.
const maxCPUs = 1024

// Empty reports whether no processor is in s.
func (s *CPUSet) Empty() bool { return *s == CPUSet{} }

func (s *CPUSet) len() (n int) {
	for _, word := range s {
		n += bits.OnesCount64(word)
	}
	return n
}

// processKeywords are the global keywords about the process.
var processKeywords = []keyword{
	{"cpu-map", inGlobal, parseCPUMap, Supported},
	{"fd-hard-limit", inGlobal, parseDescriptorLimit, Supported},
	{"grace", inGlobal, globalTime(func(g *Global) *time.Duration { return &g.Grace }), Supported},
}

// fd-hard-limit <number>
func parseDescriptorLimit(p *parser, s syntax.Statement) {
	switch n, _ := strconv.Atoi(s.Argument(0)); {
	case p.tooMany(s, 1):
	case s.Argument(0) == "":
		p.failf(s, "'fd-hard-limit' expects an integer argument.")
	case p.Global.DescriptorLimit != 0:
		p.failf(s, "'fd-hard-limit' already specified. Continuing.")
	default:
		p.Global.DescriptorLimit = max(n, 0)
	}
}

// cpu-map [auto:]<process>[/<threads>] <cpus>...
//
// Threads are not bound one by one, since any of them may run any exchange: the process runs on the union of all the sets.
func parseCPUMap(p *parser, s syntax.Statement) {
	if len(s.Words) < 3 {
		p.failf(s, "cpu-map expects a process number  ('all', 'odd', 'even', a number from 1 to 64 or a range),  "+
			"followed by a list of CPU ranges with numbers from 0 to 63.")
		return
	}
	text, auto := strings.CutPrefix(s.Argument(0), "auto:")
	process, threads, hasThreads := strings.Cut(text, "/")
	bound, wrong := countNumbers(process)
	if wrong == "" && hasThreads {
		bound, wrong = countNumbers(threads)
	}
	if wrong != "" {
		p.failf(s, "cpu-map : %s", wrong)
		return
	}
	var cpus CPUSet
	for _, word := range s.Words[2:] {
		if wrong := cpus.add(word.Text); wrong != "" {
			p.failf(s, "cpu-map : %s", wrong)
			return
		}
	}
	if auto && cpus.len() != bound {
		p.failf(s, "cpu-map : PROC/THREAD range and CPU sets must have the same size to be automatically bound")
		return
	}
	for i := range cpus {
		p.Global.CPUs[i] |= cpus[i]
	}
}

// countNumbers returns how many numbers from 1 to 64 a text stands for: all, odd, even, a number or a range. Wrong is what is
// wrong with it, if anything.
func countNumbers(text string) (n int, wrong string) {
	switch text {
	case "all":
		return 64, ""
	case "odd", "even":
		return 32, ""
	}
	first, last, ranged := strings.Cut(text, "-")
	low, ok := decimal(first)
	high, ok2 := low, true
	if ranged {
		high = 64
		if last != "" {
			high, ok2 = decimal(last)
		}
	}
	switch {
	case !ok || !ok2:
		return 0, "'" + text + "' is not a valid number/range."
	case low < 1 || high > 64:
		return 0, "'" + text + "' is not a valid number/range. It supports numbers from 1 to 64."
	}
	return max(low, high) - min(low, high) + 1, ""
}

// add reads numbers and ranges with commas between them.
func (s *CPUSet) add(text string) (wrong string) {
	for _, part := range strings.Split(text, ",") {
		first, last, ranged := strings.Cut(part, "-")
		low, ok := decimal(first)
		high, ok2 := low, true
		if ranged {
			high, ok2 = decimal(last)
		}
		switch {
		case !ok || !ok2:
			return "'" + part + "' is not a CPU range."
		case low >= maxCPUs || high >= maxCPUs:
			return "supports CPU numbers from 0 to " + strconv.Itoa(maxCPUs-1) + "."
		}
		for cpu := min(low, high); cpu <= max(low, high); cpu++ {
			s[cpu/64] |= 1 << (cpu % 64)
		}
	}
	return ""
}
