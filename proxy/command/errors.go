package command

import (
	"fmt"
	"strconv"
	"time"

	"tidelock/proxy/runtime"
	"tidelock/proxy/violation"
)

// Offender is a proxy whose refused messages can be shown.
type Offender struct {
	Name string
	ID   int
	Last *violation.Last
}

// Errors returns the command about messages that broke the protocol.
// The proxies are asked for when it runs.
func Errors(count *violation.Counter, offenders func() []Offender) []runtime.Command {
	return []runtime.Command{{
		Words: "show errors", Usage: "show errors [<px>] [request|response]", Help: "report last request and/or response errors for each proxy",
		Level: runtime.Operator,
		Run:   func(c *runtime.Call) { showErrors(c, count, offenders()) },
	}}
}

// eventTime is the form of dates in reports.
const eventTime = "02/Jan/2006:15:04:05.000"

func showErrors(c *runtime.Call, count *violation.Counter, offenders []Offender) {
	chosen, direction := c.Arg(0), c.Arg(1)
	id, isNumber := -1, chosen == ""
	if n, err := strconv.Atoi(chosen); err == nil {
		id, isNumber = n, true
	}
	if !isNumber && !isOffender(offenders, chosen) {
		c.Fail("No such proxy.")
		return
	}
	c.Printf("Total events captured on [%s] : %d\n", time.Now().Format(eventTime), count.Count())
	for _, o := range offenders {
		for _, response := range []bool{false, true} {
			if direction == "request" && response || direction == "response" && !response {
				continue
			}
			v, ok := o.Last.Get(response)
			concerned := isNumber && (id < 0 || o.ID == id || v.PeerID == id) || !isNumber && (o.Name == chosen || v.Peer == chosen)
			if ok && concerned {
				showViolation(c, &o, &v)
			}
		}
	}
}

func isOffender(offenders []Offender, name string) bool {
	for _, o := range offenders {
		if o.Name == name {
			return true
		}
	}
	return false
}

func showViolation(c *runtime.Call, o *Offender, v *violation.Violation) {
	side, what, peerSide := "frontend", "request", "backend"
	if v.Response {
		side, what, peerSide = "backend", "response", "frontend"
	}
	c.Printf(" \n[%s] %s %s (#%d): invalid %s\n", v.At.Format(eventTime), side, o.Name, o.ID, what)
	c.Printf("  %s %s (#%d)", peerSide, orNone(v.Peer), v.PeerID)
	c.Printf(", server %s (#%d), event #%d, src %s\n", orNone(v.Server), v.ServerID, v.Number-1, v.Source)
	c.Printf("  len %d, error at position %d\n  \n", len(v.Text), v.Position)
	for at := 0; at < len(v.Text); {
		at = showLine(c, v.Text, at)
	}
}

func orNone(name string) string {
	if name == "" {
		return "<NONE>"
	}
	return name
}

// lineWidth is how long a printed line can become.
const lineWidth = 79

// showLine prints a line of a message from at on, or as much of it as fits, and returns where the next one starts.
func showLine(c *runtime.Call, text []byte, at int) int {
	continues := ' '
	if at > 0 && text[at-1] != '\n' {
		continues = '+'
	}
	line := fmt.Appendf(nil, "  %05d%c ", at, continues)
	for at < len(text) {
		escaped := appendEscaped(line, text[at])
		if len(escaped) > lineWidth {
			break
		}
		line = escaped
		at++
		if text[at-1] == '\n' {
			break
		}
	}
	c.Printf("%s\n", line)
	return at
}

// appendEscaped appends a byte as it can be printed.
func appendEscaped(b []byte, x byte) []byte {
	switch x {
	case '\t':
		return append(b, `\t`...)
	case '\n':
		return append(b, `\n`...)
	case '\r':
		return append(b, `\r`...)
	case 0x1b:
		return append(b, `\e`...)
	case '\\':
		return append(b, `\\`...)
	}
	if x < ' ' || x > '~' {
		return fmt.Appendf(b, `\x%02X`, x)
	}
	return append(b, x)
}
