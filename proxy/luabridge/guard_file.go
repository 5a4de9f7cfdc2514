package luabridge

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"tidelock/host"
)

// errReadAtRunTime is what scripts get that want to read files while they serve.
var errReadAtRunTime = errors.New("files are read while scripts load: read it outside of functions, or in one of core.register_init")

// asksFile returns what asks for a file by its name. Only the very text that is granted names it: there is no other spelling
// to compare.
func (g *guard) asksFile() func(name string) error {
	q := g.about("files")
	return func(name string) error {
		err := q.ask(name, "")
		if err == nil && g.grant != nil && g.image.files.sealed.Load() {
			err = fmt.Errorf("files: %s: %w", name, errReadAtRunTime)
		}
		return err
	}
}

// readsFile is the door of functions that read the file that their first argument names.
func readsFile(g *guard, f host.Function) host.Function {
	return behind(f, 0, g.asksFile())
}

// opensFile is the door of file.open(name, mode). Nothing is ever written.
func opensFile(g *guard, f host.Function) host.Function {
	read := readsFile(g, f)
	if g.grant == nil {
		return read
	}
	return func(c *host.Call) error {
		if mode, ok := host.ToText(argument(c, 1)); ok && strings.TrimSuffix(string(mode), "b") != "r" {
			return errors.New("io.open: scripts of bundles cannot write files")
		}
		return read(c)
	}
}

// findsFile is the door of file.readable(name), with which require looks for modules: a file that is not granted is none.
func findsFile(g *guard, f host.Function) host.Function {
	if g.grant == nil {
		return f
	}
	granted := g.grant.Allows("files")
	return func(c *host.Call) error {
		if name, ok := host.ToText(argument(c, 0)); ok && !granted(string(name)) {
			c.Results.Bool(false)
			return nil
		}
		return f(c)
	}
}

// loadsMap is the door of map.new(file, ...). What the configuration itself has loaded can be looked up in.
func loadsMap(g *guard, f host.Function) host.Function {
	q := g.about("files")
	return behind(f, 0, func(name string) error {
		if g.image.files.sealed.Load() || g.image.fileSet(name) != nil {
			return nil
		}
		return q.ask(name, "")
	})
}

// maxGrantedFile bounds the files that maps and keys are read from.
const maxGrantedFile = 64 << 20

// read reads a file that is granted, for a converter or a map.
func (g *guard) read(name string) ([]byte, error) {
	if err := g.about("files").ask(name, ""); err != nil {
		return nil, err
	}
	if info, err := os.Stat(name); err == nil && !info.Mode().IsRegular() {
		return nil, fmt.Errorf("files: %s: not a regular file", name) // opening a pipe waits for its other end
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, maxGrantedFile))
}
