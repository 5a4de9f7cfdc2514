package trace

import (
	"fmt"
	"io"
	"math"
	"strings"
	"time"
	"unicode"

	"tidelock/cmd/tidelock/admin"
)

// The bar of an execution grows with the logarithm of its duration, since those of interest are a thousand times as long as
// the others. What of it is filled is the share of processor time.
const (
	barWidth = 15
	shortest = 10 * time.Microsecond // has a bar of length 0
	decades  = 6                     // from there to the whole width
)

func bar(x *admin.Execution) string {
	length := 0
	if x.Duration > shortest {
		length = min(barWidth, 1+int(math.Log10(float64(x.Duration)/float64(shortest))/decades*barWidth))
	}
	filled := 0
	if x.Duration > 0 {
		filled = min(length, int(math.Round(float64(length)*float64(x.Processor)/float64(x.Duration))))
	}
	return strings.Repeat("█", filled) + strings.Repeat("░", length-filled) + strings.Repeat(" ", barWidth-length)
}

// summary is the line of an execution.
func summary(x *admin.Execution) string {
	outcome := x.Outcome
	switch x.State {
	case admin.Running:
		outcome = "runs"
	case admin.Waiting:
		outcome = "waits"
		if n := len(x.Waits); n > 0 && n == x.WaitCount {
			outcome = "waits: " + x.Waits[n-1].Function
		}
	}
	return printable(fmt.Sprintf("%s  %9s %s  %-28s %-24s %s", x.Started.Local().Format("15:04:05.000"), short(x.Duration), bar(x), x.Title(), x.Place(), outcome))
}

// details are the lines below it: what it used, what it waited for, and how it failed.
func details(x *admin.Execution) (lines []string) {
	add := func(format string, arguments ...any) {
		lines = append(lines, printable("    "+fmt.Sprintf(format, arguments...)))
	}
	if x.State == admin.Ended {
		add("processor time %s, fuel %d, memory %d KiB", short(x.Processor), x.Fuel, x.Memory>>10)
	}
	for _, w := range x.Waits {
		add("+%-9s %-24s %s", short(w.After), w.Function, short(w.Duration))
	}
	if more := x.WaitCount - len(x.Waits); more > 0 {
		add("and %d more waits", more)
	}
	if x.Error != "" {
		add("%s", x.Error)
	}
	for line := range strings.Lines(x.Traceback) {
		add("%s", strings.TrimSpace(line))
	}
	return lines
}

// short rounds a duration to what is worth reading.
func short(d time.Duration) string {
	switch {
	case d >= time.Second:
		return d.Round(10 * time.Millisecond).String()
	case d >= time.Millisecond:
		return d.Round(10 * time.Microsecond).String()
	}
	return d.Round(100 * time.Nanosecond).String()
}

// printable takes out what would steer the terminal: names and errors are the scripts' own.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return '·'
	}, text)
}

// Print writes one line for each execution that has ended, with what it waited for and how it failed where that is wanted.
func Print(w io.Writer, line admin.Line, expand bool) error {
	if line.Execution == nil {
		_, err := fmt.Fprintf(w, "(%d states of executions were missed)\n", line.Missed)
		return err
	}
	if line.State != admin.Ended {
		return nil
	}
	lines := []string{summary(line.Execution)}
	if expand {
		lines = append(lines, details(line.Execution)...)
	}
	_, err := fmt.Fprintln(w, strings.Join(lines, "\n"))
	return err
}
