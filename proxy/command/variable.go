package command

import (
	"tidelock/proxy/runtime"
	"tidelock/proxy/sample"
	"tidelock/proxy/variable"
)

// Variables returns the commands about the variables of the process. The function set gives one the value of an expression
// or of a format, which it reads.
func Variables(set func(name, text string, format bool) error) []runtime.Command {
	return []runtime.Command{
		{Words: "get var", Usage: "get var <name>", Help: "retrieve contents of a process-wide variable", Level: runtime.Operator, Run: getVariable},
		{Words: "set var", Usage: "set var <name> [fmt|expr] {<fmt>|<expr>}", Help: "set variable from an expression or a format", Level: runtime.Operator, Mode: runtime.Experimental,
			Run: func(c *runtime.Call) { setVariable(c, set) }},
	}
}

// get var <name>
func getVariable(c *runtime.Call) {
	name := c.Arg(0)
	if name == "" {
		c.Fail("Missing process-wide variable identifier.")
		return
	}
	scope, id, known := variable.Find(name)
	v := variable.Global.Get(id)
	if !known || scope != variable.Process || !v.Valid() {
		c.Fail("Variable not found.")
		return
	}
	c.Write(sample.AppendTyped([]byte(name+": type="), v, "value="))
}

// set var <name> [expr] <expression>
// set var <name> fmt <format>
func setVariable(c *runtime.Call, set func(name, text string, format bool) error) {
	kind, text := "expr", c.Arg(1)
	if len(c.Args) > 2 {
		kind, text = c.Args[1], c.Args[2]
	}
	switch {
	case c.Arg(0) == "":
		c.Fail("Missing process-wide variable identifier.")
	case text == "":
		c.Fail("Missing either 'expr', 'fmt' or expression.")
	case kind != "expr" && kind != "fmt":
		c.FailUnended("'set var': arg type must be either 'expr' or 'fmt' but got '%s'.", kind)
	default:
		if err := set(c.Args[0], text, kind == "fmt"); err != nil {
			c.FailUnended("%s", err)
		}
	}
}
