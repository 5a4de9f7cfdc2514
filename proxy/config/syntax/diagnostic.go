// Package syntax reads the text of HAProxy configurations (manual, section 2): words with their positions, quotes,
// escapes, environment variables, conditional blocks, sections. It knows no keyword but those that steer the reading
// itself; what the others mean is package config's matter. It imports nothing of ours.
package syntax

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

// Position is a place in the configuration. Line and Column count from 1; Column counts bytes, and 0 means the whole line.
// The zero Position stands for the configuration as a whole.
type Position struct {
	File         string
	Line, Column int
}

func (p Position) String() string {
	return fmt.Sprintf("%s:%d", p.File, p.Line)
}

// Severity says what a diagnostic does to the start: an Alert prevents it, the others do not.
type Severity uint8

const (
	Diag Severity = iota // shown in diagnostic mode only
	Notice
	Warning
	Alert
)

// labels are padded as HAProxy pads them, so that the messages line up.
var labels = [...]string{Diag: "[DIAG]     ", Notice: "[NOTICE]   ", Warning: "[WARNING]  ", Alert: "[ALERT]    "}

// Diagnostic is one remark on a configuration.
type Diagnostic struct {
	Severity  Severity
	Position  Position
	Section   string // "frontend www", or empty
	Directive string // the keyword concerned, or empty
	Reason    string

	// Tight is set for what HAProxy prints without a space before the colon: faults of the text itself and some of rules.
	Tight bool
}

// Error formats d as HAProxy does, without severity and process.
func (d Diagnostic) Error() string {
	switch {
	case d.Position == Position{}:
		return "config : " + d.Reason
	case d.Tight:
		return fmt.Sprintf("config : parsing [%s]: %s", d.Position, d.Reason)
	default:
		return fmt.Sprintf("config : parsing [%s] : %s", d.Position, d.Reason)
	}
}

// Diagnostics collects what a run over a configuration finds, so that all of it can be reported together. The zero value
// is ready for use.
type Diagnostics struct {
	list      []Diagnostic
	files     []string // that were read, in order
	abandoned bool     // see Abandon
}

// Add appends d.
func (ds *Diagnostics) Add(d Diagnostic) { ds.list = append(ds.list, d) }

// Alertf reports an error at w, or in the configuration as a whole when at is the zero Position.
func (ds *Diagnostics) Alertf(at Position, format string, arguments ...any) {
	ds.Add(Diagnostic{Severity: Alert, Position: at, Reason: fmt.Sprintf(format, arguments...)})
}

// Warnf reports something suspicious that does not prevent the start.
func (ds *Diagnostics) Warnf(at Position, format string, arguments ...any) {
	ds.Add(Diagnostic{Severity: Warning, Position: at, Reason: fmt.Sprintf(format, arguments...)})
}

// Noticef reports something that is worth knowing.
func (ds *Diagnostics) Noticef(at Position, format string, arguments ...any) {
	ds.Add(Diagnostic{Severity: Notice, Position: at, Reason: fmt.Sprintf(format, arguments...)})
}

// lexicalf reports an error in the text itself.
func (ds *Diagnostics) lexicalf(at Position, format string, arguments ...any) {
	ds.Add(Diagnostic{Severity: Alert, Position: at, Reason: fmt.Sprintf(format, arguments...), Tight: true})
}

// Abandon notes that HAProxy stops at one of the alerts, before its closing line. What it would not come to is reported
// here all the same.
func (ds *Diagnostics) Abandon() { ds.abandoned = true }

// Has reports whether there is a diagnostic of the severity.
func (ds *Diagnostics) Has(s Severity) bool {
	return slices.ContainsFunc(ds.list, func(d Diagnostic) bool { return d.Severity == s })
}

// Err returns nil, or an error that holds every alert.
func (ds *Diagnostics) Err() error {
	if !ds.Has(Alert) {
		return nil
	}
	var alerts Errors
	for _, d := range ds.Sorted() {
		if d.Severity == Alert {
			alerts = append(alerts, d)
		}
	}
	return alerts
}

// Errors are the alerts of one run. There is at least one.
type Errors []Diagnostic

func (es Errors) Error() string {
	lines := make([]string, len(es))
	for i, e := range es {
		lines[i] = e.Error()
	}
	return strings.Join(lines, "\n")
}

// Sorted returns the diagnostics in the order of the text, those on the whole configuration last.
func (ds *Diagnostics) Sorted() []Diagnostic {
	sorted := slices.Clone(ds.list)
	slices.SortStableFunc(sorted, func(a, b Diagnostic) int {
		if c := ds.fileOrder(a.Position.File) - ds.fileOrder(b.Position.File); c != 0 {
			return c
		}
		return a.Position.Line - b.Position.Line
	})
	return sorted
}

func (ds *Diagnostics) fileOrder(file string) int {
	if i := slices.Index(ds.files, file); i >= 0 {
		return i
	}
	return len(ds.files)
}

// Print writes the diagnostics of at least the given severity as HAProxy prints them, with its closing lines when there
// are alerts.
func (ds *Diagnostics) Print(w io.Writer, least Severity) {
	var failed []string
	for _, d := range ds.Sorted() {
		if d.Severity == Alert && d.Position.File != "" && !slices.Contains(failed, d.Position.File) {
			failed = append(failed, d.Position.File)
		}
		if d.Severity >= least {
			Printf(w, d.Severity, "%s", d.Error())
		}
	}
	for _, file := range failed {
		Printf(w, Alert, "config : Error(s) found in configuration file : %s", file)
	}
	if ds.Has(Alert) && len(ds.files) > 0 && !ds.abandoned { // else nothing was read that could have errors
		Printf(w, Alert, "config : Fatal errors found in configuration.")
	}
}

// Printf writes one line in the form that all messages of HAProxy's start have.
func Printf(w io.Writer, s Severity, format string, arguments ...any) {
	fmt.Fprintf(w, "%s(%d) : %s\n", labels[s], os.Getpid(), fmt.Sprintf(format, arguments...))
}
