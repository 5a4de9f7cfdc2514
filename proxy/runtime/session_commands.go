package runtime

import (
	"slices"
	"time"

	"tidelock/proxy/config/syntax"
)

// sessionCommands concern the session that they are given in, and nothing else.
var sessionCommands []Command

func init() {
	sessionCommands = []Command{
		{Words: "expert-mode", Level: Admin, Run: toggle("expert-mode", Expert)},
		{Words: "experimental-mode", Level: Admin, Run: toggle("experimental-mode", Experimental)},
		{Words: "help", Usage: "help [<command>]", Help: "list matching or all commands", Run: help},
		{Words: "operator", Usage: "operator", Help: "lower the level of the current CLI session to operator",
			Level: Operator, Run: lower(Operator)},
		{Words: "prompt", Usage: "prompt", Help: "toggle interactive mode with prompt",
			Run: func(c *Call) { c.interactive = !c.interactive }},
		{Words: "quit", Usage: "quit", Help: "disconnect", Run: func(c *Call) { c.leaving = true }},
		{Words: "set severity-output", Usage: "set severity-output [none|number|string]",
			Help: "set presence of severity level in feedback information", Run: setSeverityOutput},
		{Words: "set timeout", Usage: "set timeout [cli] <delay>", Help: "change a timeout setting", Run: refuseTimeout},
		{Words: "set timeout cli", Run: setTimeout},
		{Words: "show cli level", Usage: "show cli level", Help: "display the level of the current CLI session",
			Run: func(c *Call) { c.Report("%s", c.level) }},
		{Words: "user", Usage: "user", Help: "lower the level of the current CLI session to user", Run: lower(User)},
	}
}

// lower makes the command that gives rights up: there is no way back.
func lower(l Level) func(*Call) {
	return func(c *Call) { c.level, c.mode = l, 0 }
}

// toggle makes: expert-mode [on|off], experimental-mode [on|off]
func toggle(name string, mode Mode) func(*Call) {
	return func(c *Call) {
		switch {
		case len(c.Args) == 0 && c.mode&mode != 0:
			c.Report("%s is ON", name)
		case len(c.Args) == 0:
			c.Report("%s is OFF", name)
		case c.Args[0] == "on":
			c.mode |= mode
		default:
			c.mode &^= mode
		}
	}
}

// Severities are how messages may name theirs.
var Severities = []string{"none", "number", "string"}

// set severity-output { none | number | string }
func setSeverityOutput(c *Call) {
	if !slices.Contains(Severities, c.Arg(0)) {
		c.Fail("one of 'none', 'number', 'string' is a required argument")
		return
	}
	c.severities = c.Args[0]
}

// set timeout
func refuseTimeout(c *Call) { c.Fail("'set timeout' only supports 'cli'.") }

// set timeout cli <seconds>
func setTimeout(c *Call) {
	if c.Arg(0) == "" {
		c.Fail("Expects an integer value.")
		return
	}
	d, err := syntax.ParseTime(c.Args[0], time.Second)
	if err != nil || d == 0 {
		c.Fail("Invalid timeout value.")
		return
	}
	c.conn.timeout = max(d, time.Second)
}
