package config

import (
	"os/user"

	"tidelock/proxy/config/syntax"
)

// Program is one program section: what the master of a master-worker pair runs beside its workers (manual, section 3.7).
type Program struct {
	Name          string
	Command       []string
	UID, GID      int  // to run as, -1 for the master's own
	StartOnReload bool // another one is started when the configuration is loaded again
	At            syntax.Position
}

var programKeywords = []keyword{
	{"command", inProgram, parseProgramCommand, Supported},
	{"group", inProgram, parseProgramGroup, Supported},
	{"option", inProgram, parseProgramOption, Supported},
	{"user", inProgram, parseProgramUser, Supported},
}

// program <name>
func openProgram(p *parser, header syntax.Statement) bool {
	name := header.Argument(0)
	if name == "" {
		p.failf(header, "'program' expects an <id> argument")
		return false
	}
	if i := named(p.Programs, name, func(g *Program) string { return g.Name }); i >= 0 {
		p.failf(header, "program section '%s' already exists (declared at %s).", name, p.Programs[i].At)
		return false
	}
	p.Programs = append(p.Programs, Program{Name: name, UID: -1, GID: -1, StartOnReload: true, At: header.At()})
	return true
}

// command <command> [<argument>...]
func parseProgramCommand(p *parser, s syntax.Statement) {
	if s.Argument(0) == "" {
		p.failTightly(s, "'command' expects a command with optional arguments separated in words.")
		return
	}
	last(p.Programs).Command = syntax.Texts(s.Arguments())
}

// user <name>
func parseProgramUser(p *parser, s syntax.Statement) {
	if s.Argument(0) == "" {
		p.failTightly(s, "'user' expects a user name.")
		return
	}
	found, err := user.Lookup(s.Argument(0))
	if err != nil {
		p.failf(s, "cannot find user id for '%s' (0:Success)", s.Argument(0))
		return
	}
	last(p.Programs).UID, _ = decimal(found.Uid)
}

// group <name>
func parseProgramGroup(p *parser, s syntax.Statement) {
	if s.Argument(0) == "" {
		p.failTightly(s, "'group' expects a group name.")
		return
	}
	found, err := user.LookupGroup(s.Argument(0))
	if err != nil {
		p.failf(s, "cannot find group id for '%s' (0:Success)", s.Argument(0))
		return
	}
	last(p.Programs).GID, _ = decimal(found.Gid)
}

// [no] option start-on-reload
func parseProgramOption(p *parser, s syntax.Statement) {
	switch {
	case s.Argument(0) == "":
		p.failTightly(s, "'option' expects an option name.")
	case s.Argument(0) != "start-on-reload":
		p.failf(s, "unknown option '%s'.", s.Argument(0))
	case len(s.Words) > 2:
		p.failf(s, "'option start-on-reload' cannot handle unexpected argument '%s'.", s.Argument(1))
	default:
		last(p.Programs).StartOnReload = s.Negation == ""
	}
}
