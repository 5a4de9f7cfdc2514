package scripttest

import (
	"bufio"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"tidelock/host"
)

// Coverage is which lines of scripts ran: of those under test, and of the modules that they load. It may be shared by
// several runs, and is safe for concurrent use. Scripts in Lua 5.1 are not measured.
type Coverage struct {
	mu    sync.Mutex
	files map[string]map[int]bool // by path and line, whether it ran; guarded by mu
}

// FileCoverage is the coverage of one file.
type FileCoverage struct {
	Path   string
	Lines  []int // that could run, in order
	Ran    int   // how many of them did
	Missed []int // the others
}

// Percent returns how much of the file ran, 0 to 100.
func (f *FileCoverage) Percent() float64 { return 100 * float64(f.Ran) / float64(len(f.Lines)) }

// traceChunk has the guest tell of lines. The guest of Lua 5.1 cannot.
var traceChunk = host.Chunk{
	Name:   "=<coverage>",
	Source: "local host = ...\nif host.trace then host.trace(host.bind('coverage.line')) end\n",
}

// library is what traceChunk stands on. Names of chunks are paths from a folder.
func (c *Coverage) library(folder string) host.Functions {
	return host.Functions{"coverage.line": func(call *host.Call) error { return c.line(call, folder) }}
}

// line is coverage.line(source, line, ran).
func (c *Coverage) line(call *host.Call, folder string) error {
	source, err := call.String()
	if err != nil {
		return err
	}
	path := strings.TrimPrefix(string(source), "@")
	if !filepath.IsAbs(path) {
		path = filepath.Join(folder, path)
	}
	line, err := call.Int()
	if err != nil {
		return err
	}
	ran := call.Next().Truth()
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.files == nil {
		c.files = map[string]map[int]bool{}
	}
	lines := c.files[path]
	if lines == nil {
		lines = map[int]bool{}
		c.files[path] = lines
	}
	// A line that ran without being there to be run is the end of a function: what the compiler adds.
	if known, there := lines[int(line)]; there || !ran {
		lines[int(line)] = known || ran
	}
	return nil
}

// Files returns the coverage of each file, in the order of their paths.
func (c *Coverage) Files() []FileCoverage {
	c.mu.Lock()
	defer c.mu.Unlock()
	var all []FileCoverage
	for _, path := range slices.Sorted(maps.Keys(c.files)) {
		f := FileCoverage{Path: path}
		for _, line := range slices.Sorted(maps.Keys(c.files[path])) {
			f.Lines = append(f.Lines, line)
			if c.files[path][line] {
				f.Ran++
			} else {
				f.Missed = append(f.Missed, line)
			}
		}
		all = append(all, f)
	}
	return all
}

// Report writes a line for each file: how much of it ran, and which lines did not.
func (c *Coverage) Report(w io.Writer) {
	for _, f := range c.Files() {
		fmt.Fprintf(w, "%5.1f%% %s", f.Percent(), relative(f.Path))
		if len(f.Missed) > 0 {
			fmt.Fprintf(w, " (not %s)", ranges(f.Missed))
		}
		fmt.Fprintln(w)
	}
}

// WriteLCOV writes what genhtml and editors read: the format of lcov's tracefiles.
func (c *Coverage) WriteLCOV(w io.Writer) error {
	b := bufio.NewWriter(w)
	for _, f := range c.Files() {
		fmt.Fprintf(b, "TN:\nSF:%s\n", f.Path)
		for _, line := range f.Lines {
			ran := 1
			if slices.Contains(f.Missed, line) {
				ran = 0
			}
			fmt.Fprintf(b, "DA:%d,%d\n", line, ran)
		}
		fmt.Fprintf(b, "LF:%d\nLH:%d\nend_of_record\n", len(f.Lines), f.Ran)
	}
	return b.Flush()
}

// relative returns a path as seen from the working directory, when it lies below that.
func relative(path string) string {
	folder, err := os.Getwd()
	if err != nil {
		return path
	}
	if short, err := filepath.Rel(folder, path); err == nil && filepath.IsLocal(short) {
		return short
	}
	return path
}

// ranges writes numbers in order as "1, 3-5".
func ranges(numbers []int) string {
	var parts []string
	for len(numbers) > 0 {
		n := 1
		for n < len(numbers) && numbers[n] == numbers[0]+n {
			n++
		}
		part := fmt.Sprint(numbers[0])
		if n > 1 {
			part += fmt.Sprintf("-%d", numbers[n-1])
		}
		parts, numbers = append(parts, part), numbers[n:]
	}
	return strings.Join(parts, ", ")
}
