package config

import (
	"slices"
	"strings"
	"time"

	"tidelock/proxy/config/syntax"
	"tidelock/proxy/nearest"
)

// Scripts says which scripts to load, and within which limits they run.
type Scripts struct {
	Files        []ScriptFile
	Bundles      []ScriptBundle
	PrependPaths []PrependPath

	ForcedYield    int           // tune.lua.forced-yield: instructions between two chances for others to run
	MaxMemory      uint64        // tune.lua.maxmem: bytes for all scripts together, 0 is unlimited
	SessionTimeout time.Duration // tune.lua.session-timeout: CPU time of an action, fetch or converter, 0 is unlimited
	ServiceTimeout time.Duration // tune.lua.service-timeout
	TaskTimeout    time.Duration // tune.lua.task-timeout

	// What follows HAProxy does not have.

	Isolation      Isolation     // tune.lua.isolation
	LoadTimeout    time.Duration // tune.lua.load-timeout: CPU time of a file's main chunk and of the init functions
	InstanceMemory uint64        // tune.lua.instance-memory: bytes for one instance, 0 leaves it to the sandbox
}

// Any reports whether there is something to load.
func (c *Scripts) Any() bool { return len(c.Files)+len(c.Bundles) > 0 }

// First returns where the first of them stands.
func (c *Scripts) First() syntax.Position {
	if len(c.Files) > 0 {
		return c.Files[0].At
	}
	return c.Bundles[0].At
}

// ScriptFile is one lua-load or lua-load-per-thread.
type ScriptFile struct {
	Path      string   // by which it can be opened
	Arguments []string // what the main chunk gets as "..."
	Dialect   string   // version of Lua that it is written in, as in "5.1"; empty leaves it to the sandbox
	PerThread bool
	At        syntax.Position
}

// Registration is a function that a script registered.
type Registration struct {
	Kind, Name string // as in "action", "add-header"; a task has no name
	File       string // where the function is defined
	Line       int
	Isolation  Isolation // which other registrations it shares memory with
	Group      int       // of those that share memory, from 1; 0 where each execution has its own
	Parallel   bool      // executions run on all processors, since none leaves anything behind
}

// Join is why two registrations share memory, or what their isolation cuts in two.
type Join struct {
	First, Second Registration
	What          string // the variable that First changes and Second reads; otherwise what First does
	Variable      bool
	File          string // where First does it
	Line          int
}

// PrependPath is one lua-prepend-path.
type PrependPath struct {
	Type    string // "path" or "cpath"
	Pattern string // of file names, which start where Path of a ScriptFile does
}

// Dialects are the versions of Lua that a script can be written in.
var Dialects = []string{"5.4", "5.1"}

// Isolation says which registrations of a script share memory.
type Isolation string

const (
	IsolationAuto         Isolation = "auto"         // those share it that can reach the same changeable variable
	IsolationRegistration Isolation = "registration" // each registration has its own
	IsolationTransaction  Isolation = "transaction"  // each execution has its own
	IsolationScript       Isolation = "script"       // all share one, as in HAProxy
)

// Isolations are the valid values.
var Isolations = []string{
	string(IsolationAuto), string(IsolationRegistration), string(IsolationTransaction), string(IsolationScript),
}

// DefaultScripts returns the settings of a configuration that says nothing of scripts.
func DefaultScripts() Scripts {
	return Scripts{
		ForcedYield:    10000,
		SessionTimeout: 4 * time.Second,
		ServiceTimeout: 4 * time.Second,
		Isolation:      IsolationAuto,
		LoadTimeout:    10 * time.Second,
	}
}

// dialectPrefix begins the argument of a script that is for us, and not for the script. HAProxy knows no such thing.
const dialectPrefix = "dialect="

// lua-load <file> [dialect=<version>] [<argument>...]
// lua-load-per-thread <file> [dialect=<version>] [<argument>...]
func parseLuaLoad(p *parser, s syntax.Statement) {
	if len(s.Words) < 2 {
		what := "a file name as parameter."
		if s.Keyword() == "lua-load-per-thread" {
			what = "a file as parameter."
		}
		p.failf(s, "'%s' expects %s", s.Keyword(), what)
		return
	}
	dialect, arguments := "", syntax.Texts(s.Words[2:])
	if len(arguments) > 0 && strings.HasPrefix(arguments[0], dialectPrefix) {
		dialect, arguments = strings.TrimPrefix(arguments[0], dialectPrefix), arguments[1:]
		if !slices.Contains(Dialects, dialect) {
			p.failf(s, "'%s': dialect expects %s, but got '%s'%s", s.Keyword(), quotedList(Dialects), dialect, nearest.Suggestion(dialect, slices.Values(Dialects)))
			return
		}
	}
	folder := p.folder(s)
	p.Scripts.findModulesIn(folder)
	p.Scripts.Files = append(p.Scripts.Files, ScriptFile{
		Path:      folder.Path(s.Argument(0)),
		Arguments: arguments,
		Dialect:   dialect,
		PerThread: s.Keyword() == "lua-load-per-thread",
		At:        s.At(),
	})
}

// lua-prepend-path <pattern> [path|cpath]
func parseLuaPrependPath(p *parser, s syntax.Statement) {
	kind := s.Argument(1)
	switch {
	case p.tooMany(s, 2):
	case s.Argument(0) == "":
		p.failf(s, "'lua-prepend-path' expects to receive a <path> as argument")
	case kind != "" && kind != "path" && kind != "cpath":
		p.failf(s, "'lua-prepend-path' expects <type> to either be 'path' or 'cpath'")
	default:
		if kind == "" {
			kind = "path"
		}
		pattern := p.folder(s).Path(s.Argument(0))
		p.Scripts.PrependPaths = append(p.Scripts.PrependPaths, PrependPath{Type: kind, Pattern: pattern})
	}
}

// findModulesIn lets require look in the folder that a script's relative name starts from, after what the configuration
// prepends: Lua's own "./?.lua" does so where the process changes to that folder, as HAProxy does.
func (c *Scripts) findModulesIn(folder Folder) {
	files := PrependPath{"path", folder.Path("?.lua")}
	if folder == "" || slices.Contains(c.PrependPaths, files) {
		return
	}
	c.PrependPaths = slices.Insert(c.PrependPaths, 0, PrependPath{"path", folder.Path("?/init.lua")}, files)
}

// luaTimeout makes the parser of: tune.lua.<kind>-timeout <time>
func luaTimeout(field func(*Scripts) *time.Duration) parseFunc {
	return func(p *parser, s syntax.Statement) {
		d, err := syntax.ParseTime(s.Argument(0), time.Millisecond)
		if err != nil {
			p.failf(s, "%s: invalid timeout", s.Keyword())
			return
		}
		*field(&p.Scripts) = d
	}
}

// tune.lua.forced-yield <instructions>
func parseForcedYield(p *parser, s syntax.Statement) {
	n, ok := decimal(s.Argument(0))
	if !ok {
		p.failf(s, "tune.lua.forced-yield: invalid number")
		return
	}
	p.Scripts.ForcedYield = n
}

// luaMebibytes makes the parser of: tune.lua.maxmem <MB>, tune.lua.instance-memory <MB>
func luaMebibytes(field func(*Scripts) *uint64) parseFunc {
	return func(p *parser, s syntax.Statement) {
		n, ok := decimal(s.Argument(0))
		switch {
		case s.Argument(0) == "":
			p.failf(s, "'%s' expects an integer argument (Lua memory size in MB).", s.Keyword())
		case !ok:
			rest := strings.TrimLeft(s.Argument(0), "0123456789")
			p.failf(s, "%s: invalid number %s (error at '%s')", s.Keyword(), s.Argument(0), rest)
		case !p.tooMany(s, 1):
			*field(&p.Scripts) = uint64(n) << 20
		}
	}
}

// tune.lua.isolation auto|registration|transaction|script
func parseIsolation(p *parser, s syntax.Statement) {
	value := s.Argument(0)
	if !slices.Contains(Isolations, value) {
		p.failf(s, "tune.lua.isolation expects %s, but got '%s'%s", quotedList(Isolations), value, nearest.Suggestion(value, slices.Values(Isolations)))
		return
	}
	if !p.tooMany(s, 1) {
		p.Scripts.Isolation = Isolation(value)
	}
}

// ScriptError is the failure of one script file.
type ScriptError struct {
	File ScriptFile
	Err  error
}

// Error has HAProxy's words: the loader says in Err whether the file could not be read or failed when it ran.
func (e *ScriptError) Error() string { return e.Err.Error() }

func (e *ScriptError) Unwrap() error { return e.Err }
