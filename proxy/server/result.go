package server

import (
	"fmt"
	"strings"
	"time"

	"go.opentelemetry.io/otel/trace"
)

// CheckStatus is how a health check ended.
type CheckStatus uint8

const (
	Unknown CheckStatus = iota
	Initializing
	Checked // an agent that had nothing to say of the state
	SocketError
	Layer4OK
	Layer4Timeout
	Layer4Error
	Layer6OK
	Layer6Timeout
	Layer6Response
	Layer7OK
	Layer7Conditional
	Layer7Timeout
	Layer7Response
	Layer7Status
	ProcessError
	ProcessTimeout
	ProcessOK
)

// checkStatuses are the names that statistics give the statuses, and what messages say.
var checkStatuses = [...]struct {
	name, text string
	passed     bool
}{
	Unknown:           {"UNK", "Unknown", false},
	Initializing:      {"INI", "Initializing", false},
	Checked:           {"CHECKED", "No status change", true},
	SocketError:       {"SOCKERR", "Socket error", false},
	Layer4OK:          {"L4OK", "Layer4 check passed", true},
	Layer4Timeout:     {"L4TOUT", "Layer4 timeout", false},
	Layer4Error:       {"L4CON", "Layer4 connection problem", false},
	Layer6OK:          {"L6OK", "Layer6 check passed", true},
	Layer6Timeout:     {"L6TOUT", "Layer6 timeout", false},
	Layer6Response:    {"L6RSP", "Layer6 invalid response", false},
	Layer7OK:          {"L7OK", "Layer7 check passed", true},
	Layer7Conditional: {"L7OKC", "Layer7 check conditionally passed", true},
	Layer7Timeout:     {"L7TOUT", "Layer7 timeout", false},
	Layer7Response:    {"L7RSP", "Layer7 invalid response", false},
	Layer7Status:      {"L7STS", "Layer7 wrong status", false},
	ProcessError:      {"PROCERR", "External check error", false},
	ProcessTimeout:    {"PROCTOUT", "External check timeout", false},
	ProcessOK:         {"PROCOK", "External check passed", true},
}

// String returns the name that statistics use.
func (c CheckStatus) String() string { return checkStatuses[c].name }

// Text returns what messages say.
func (c CheckStatus) Text() string { return checkStatuses[c].text }

// Passed reports whether the server stood the check.
func (c CheckStatus) Passed() bool { return checkStatuses[c].passed }

// hasCode reports whether messages and statistics show a code.
func (c CheckStatus) hasCode() bool {
	switch c {
	case Layer7OK, Layer7Conditional, Layer7Status, ProcessError, ProcessTimeout, ProcessOK:
		return true
	}
	return false
}

// Result of a health check.
type Result struct {
	Status   CheckStatus
	Code     int    // of a response, or the exit status of a process; 0 for none
	Info     string // what the check has to say of it; may hold what the server sent
	Duration time.Duration
	// Span is the check's in a trace; not valid where it has none.
	Span trace.SpanContext
}

// reason describes the result as messages do.
func (r *Result) reason() string {
	var b strings.Builder
	fmt.Fprintf(&b, "reason: %s", r.Status.Text())
	if r.Status.hasCode() {
		fmt.Fprintf(&b, ", code: %d", r.Code)
	}
	if r.Info != "" {
		fmt.Fprintf(&b, ", info: %q", r.Info)
	}
	fmt.Fprintf(&b, ", check duration: %dms", r.Duration.Milliseconds())
	return b.String()
}

// CheckStatusNamed returns the status of a name.
func CheckStatusNamed(name string) (CheckStatus, bool) {
	for i := range checkStatuses {
		if checkStatuses[i].name == name {
			return CheckStatus(i), true
		}
	}
	return Unknown, false
}
