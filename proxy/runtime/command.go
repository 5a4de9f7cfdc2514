// Package runtime is the runtime API: the sockets on which operators and their tools ask a running proxy for its state
// and change it (HAProxy's management manual, section 9.3). It holds the language (lines, words, payloads), the sessions,
// and the registry of commands with those that concern the session itself. What the other commands do is package command's.
//
// Every output ends with an empty line, and no command prints one, so that scripts can tell answers apart.
package runtime

import (
	"fmt"
	"io"
	"strings"
)

// Level is what a session may do; each level may do what those before it may.
type Level uint8

const (
	User     Level = iota // look at what is not secret
	Operator              // look at everything, reset counters
	Admin                 // change the service
)

var levelNames = [...]string{"user", "operator", "admin"}

// String returns the name that the configuration gives the level.
func (l Level) String() string { return levelNames[l] }

// ParseLevel returns the level called name.
func ParseLevel(name string) (Level, bool) {
	for i, known := range levelNames {
		if name == known {
			return Level(i), true
		}
	}
	return 0, false
}

// Mode is a set of switches that a session turns on before it may use what is unfinished or dangerous.
type Mode uint8

const (
	Expert Mode = 1 << iota
	Experimental
)

// Command is a row of the registry.
type Command struct {
	Words string // what lines that run it begin with, such as "show map"
	Usage string // Words with the arguments, as help lists it; commands without one are not listed
	Help  string // what it does, in some words; without them Usage is listed as it is
	Level Level  // the least that a session needs
	Mode  Mode   // what must be on in the session

	// Run does the work and writes the answer to c, which it must not keep. It runs in the session's goroutine.
	Run func(c *Call)
}

// Call is one command line that is run.
type Call struct {
	*Session
	Args    []string // the words after the command's own
	Payload string   // the lines that followed "<<", each with its line break
	// HasPayload is set when there was one, even an empty one.
	HasPayload bool
}

// Arg returns the argument at index i, or "" where there is none.
func (c *Call) Arg(i int) string {
	if i < len(c.Args) {
		return c.Args[i]
	}
	return ""
}

// AfterClose calls do when the server closes while a command waits that would take long. The result ends that.
func (c *Call) AfterClose(do func()) (stop func()) {
	ended := make(chan struct{})
	go func() {
		select {
		case <-c.closing:
			do()
		case <-ended:
		}
	}()
	return func() { close(ended) }
}

// Write sends a part of the answer. The error is that of the connection, after which more writing is pointless.
func (c *Call) Write(b []byte) (int, error) { return c.output.Write(b) }

// Printf formats a part of the answer.
func (c *Call) Printf(format string, arguments ...any) { fmt.Fprintf(c.output, format, arguments...) }

// Severity grades the messages of commands, in the numbers of syslog.
type Severity uint8

const (
	Error   Severity = 3
	Warning Severity = 4
	Notice  Severity = 5
	Info    Severity = 6
)

var severityNames = map[Severity]string{Error: "err", Warning: "warning", Notice: "notice", Info: "info"}

// Fail answers that the command was not carried out, and why: a sentence.
func (c *Call) Fail(format string, arguments ...any) { c.message(Error, format, arguments...) }

// FailUnended is Fail without the line break at the end, which some of HAProxy's messages lack: the empty line that ends
// each answer ends theirs.
func (c *Call) FailUnended(format string, arguments ...any) {
	c.severity(Error)
	c.Printf(format, arguments...)
}

// Warn answers that the command was carried out, and what to mind.
func (c *Call) Warn(format string, arguments ...any) { c.message(Warning, format, arguments...) }

// WarnUnended is Warn as FailUnended is Fail.
func (c *Call) WarnUnended(format string, arguments ...any) {
	c.severity(Warning)
	c.Printf(format, arguments...)
}

// Note answers that the command was carried out where that is worth a word.
func (c *Call) Note(format string, arguments ...any) { c.message(Notice, format, arguments...) }

// Report answers with a sentence.
func (c *Call) Report(format string, arguments ...any) { c.message(Info, format, arguments...) }

// message writes a text of one line or several, behind its severity where the session asked for that.
func (c *Call) message(severity Severity, format string, arguments ...any) {
	c.severity(severity)
	text := fmt.Sprintf(format, arguments...)
	io.WriteString(c.output, strings.TrimRight(text, "\n")+"\n")
}

func (c *Call) severity(s Severity) {
	switch c.severities {
	case "number":
		fmt.Fprintf(c.output, "[%d]: ", s)
	case "string":
		fmt.Fprintf(c.output, "[%s]: ", severityNames[s])
	}
}
