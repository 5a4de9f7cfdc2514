// Package command is what the runtime API can do beyond its sessions: tables of commands, one file for each subject.
// Each table is a function of the state that its commands show and change; package proxy calls it and registers the rows.
//
// What a script might parse has HAProxy's form byte for byte.
package command

import (
	"strings"

	"tidelock/proxy/runtime"
)

// Process is what the process says of itself.
type Process struct {
	Version     string   // as programs that expect HAProxy read it
	Environment []string // "NAME=value", as the configuration left it
	Sockets     []Socket // of the runtime API
}

// Socket is an address of the runtime API.
type Socket struct {
	Address string // with its family, such as "ipv4@127.0.0.1:9999"
	Level   runtime.Level
}

// Commands returns the commands about the process as a whole.
func (p *Process) Commands() []runtime.Command {
	return []runtime.Command{
		{Words: "show cli sockets", Usage: "show cli sockets", Help: "dump list of cli sockets", Run: p.showSockets},
		{Words: "show env", Usage: "show env [var]", Help: "dump environment variables known to the process",
			Level: runtime.Operator, Run: p.showEnvironment},
		{Words: "show version", Usage: "show version", Help: "show version of the current process",
			Run: func(c *runtime.Call) { c.Report("%s", p.Version) }},
	}
}

// show cli sockets
func (p *Process) showSockets(c *runtime.Call) {
	c.Printf("# socket lvl processes\n")
	for _, s := range p.Sockets {
		c.Printf("%s %s all\n", s.Address, s.Level)
	}
}

// show env [<name>]
func (p *Process) showEnvironment(c *runtime.Call) {
	name := c.Arg(0)
	for _, variable := range p.Environment {
		if name == "" || strings.HasPrefix(variable, name+"=") {
			c.Printf("%s\n", variable)
			if name != "" {
				return
			}
		}
	}
	if name != "" {
		c.Fail("Variable not found")
	}
}
