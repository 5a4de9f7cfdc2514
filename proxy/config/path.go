package config

import (
	"os"
	"strings"

	"tidelock/proxy/config/syntax"
)

// Folder is where relative file names of a statement start: "" is where the process was started, any other ends with a
// slash. It is kept with what was read instead of changing the process's own folder, which scripts and reloads share.
type Folder string

// Path returns the name by which a file can be opened. Nothing is cleaned: ".." after a symbolic link has its meaning.
func (f Folder) Path(name string) string {
	if strings.HasPrefix(name, "/") {
		return name
	}
	return string(f) + name
}

// ReadFile returns a file's content. Errors are those of os.ReadFile.
func (f Folder) ReadFile(name string) ([]byte, error) { return os.ReadFile(f.Path(name)) }

// defaultPath is the policy that default-path sets. It is in force until the next one, in later files too.
type defaultPath struct {
	policy string // "", "current", "config", "parent" or "origin"
	origin Folder
}

// folder returns where relative names in a configuration file start.
func (d defaultPath) folder(file string) Folder {
	beside := Folder(file[:strings.LastIndexByte(file, '/')+1])
	switch d.policy {
	case "config":
		return beside
	case "parent":
		return beside + "../"
	}
	return d.origin
}

// folder returns where the relative names of a statement start.
func (p *parser) folder(s syntax.Statement) Folder { return p.paths.folder(s.At().File) }

// default-path { current | config | parent | origin <path> }
func parseDefaultPath(p *parser, s syntax.Statement) {
	const modes = "supported modes include 'current', 'config', 'parent', and 'origin'."
	switch policy := s.Argument(0); policy {
	case "current", "config", "parent":
		p.paths = defaultPath{policy: policy} // as in HAProxy, what follows says nothing
	case "origin":
		p.parseOrigin(s)
	case "":
		p.failf(s, "missing default-path mode '' for 'default-path', %s", modes)
	default:
		p.failf(s, "unsupported default-path mode '%s' for 'default-path', %s", policy, modes)
	}
}

func (p *parser) parseOrigin(s syntax.Statement) {
	origin := s.Argument(1)
	if origin == "" {
		p.failf(s, "'default-path origin' expects a directory as an argument.")
		return
	}
	info, err := os.Stat(origin)
	switch {
	case err != nil:
		p.failf(s, "couldn't set 'default-path' to origin '%s': %s.", origin, syntax.SystemReason(err))
	case !info.IsDir():
		p.failf(s, "couldn't set 'default-path' to origin '%s': Not a directory.", origin)
	default:
		p.paths = defaultPath{policy: "origin", origin: Folder(strings.TrimRight(origin, "/") + "/")}
	}
}
