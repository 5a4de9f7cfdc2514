// Package convert makes a bundle of the scripts that a HAProxy configuration loads.
package convert

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"tidelock/proxy/config/syntax"
	"tidelock/sdk/bundle"
	"tidelock/sdk/bundle/survey"
)

// Conversion is what became of a configuration's scripts.
type Conversion struct {
	Entry         string
	Dialect       string
	Files         bundle.Files // scripts and the modules that they require
	Registrations []bundle.Registration
	Capabilities  bundle.Capabilities
	Notes         []string // what a person has to look at
}

// load is a lua-load or lua-load-per-thread.
type load struct {
	path      string // as the file system knows it
	arguments []string
	dialect   string
	at        syntax.Position
}

// use is a word lua.NAME in a rule.
type use struct {
	name string
	at   syntax.Position
}

// scan is what a configuration says of scripts.
type scan struct {
	loads    []load
	patterns []string // of lua-prepend-path for Lua modules, the last one first
	uses     []use
}

// Configuration reads a configuration, finds its scripts and their modules, and surveys what they need. Relative paths in it
// begin where the process runs, as they do without default-path.
func Configuration(path string) (*Conversion, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	found, err := scanConfiguration(path, text)
	if err != nil {
		return nil, err
	}
	if len(found.loads) == 0 {
		return nil, fmt.Errorf("%s loads no script (lua-load)", path)
	}
	c := &Conversion{Files: bundle.Files{}, Dialect: found.loads[0].dialect}
	for _, l := range found.loads {
		if err := c.addScript(l); err != nil {
			return nil, err
		}
	}
	c.chooseEntry(found.loads)
	c.addModules(found.searchPatterns())
	c.propose(found.uses)
	return c, nil
}

// scanConfiguration reads sections without asking what they mean: a configuration whose certificates are elsewhere is
// converted as well.
func scanConfiguration(name string, text []byte) (scan, error) {
	var found scan
	var diags syntax.Diagnostics
	reader := syntax.Reader{Condition: syntax.Condition{Environment: syntax.NewEnvironment(os.Environ())}}
	for _, section := range reader.Read([]syntax.Source{{Name: name, Text: text}}, &diags) {
		for _, s := range section.Statements {
			if section.Header.Keyword() == "global" {
				found.addSetting(s)
			} else {
				found.addUses(s)
			}
		}
	}
	return found, diags.Err()
}

// addSetting takes up a line of a global section.
func (f *scan) addSetting(s syntax.Statement) {
	switch s.Keyword() {
	case "lua-load", "lua-load-per-thread":
		l := load{path: s.Argument(0), dialect: bundle.Dialects[0], at: s.At()}
		l.arguments = syntax.Texts(s.Words[min(2, len(s.Words)):])
		if len(l.arguments) > 0 && strings.HasPrefix(l.arguments[0], "dialect=") {
			l.dialect, l.arguments = strings.TrimPrefix(l.arguments[0], "dialect="), l.arguments[1:]
		}
		f.loads = append(f.loads, l)
	case "lua-prepend-path":
		if s.Argument(1) != "cpath" {
			f.patterns = append([]string{s.Argument(0)}, f.patterns...)
		}
	}
}

// usePattern matches lua.NAME where a word or an expression has it: a rule's action, a fetch, a converter, a service.
var usePattern = regexp.MustCompile(`(?:^|[^A-Za-z0-9_.-])lua\.([A-Za-z0-9_.-]+)`)

// addUses takes up what a line of a proxy uses of scripts.
func (f *scan) addUses(s syntax.Statement) {
	for _, word := range s.Words {
		for _, match := range usePattern.FindAllStringSubmatch(word.Text, -1) {
			f.uses = append(f.uses, use{match[1], word.At})
		}
	}
}

// searchPatterns are where modules are looked for: what the configuration prepends, then the scripts' own folders.
func (f *scan) searchPatterns() []string {
	patterns := slices.Clone(f.patterns)
	for _, l := range f.loads {
		folder := filepath.Dir(l.path)
		patterns = append(patterns, filepath.Join(folder, "?.lua"), filepath.Join(folder, "?/init.lua"))
	}
	return append(patterns, "./?.lua", "./?/init.lua")
}

func (c *Conversion) note(format string, arguments ...any) {
	if text := fmt.Sprintf(format, arguments...); !slices.Contains(c.Notes, text) {
		c.Notes = append(c.Notes, text)
	}
}

func (c *Conversion) addScript(l load) error {
	content, err := os.ReadFile(l.path)
	if err != nil {
		return fmt.Errorf("%s: %w", l.at, err)
	}
	name := filepath.Base(l.path)
	if bundle.KindOf(name) != bundle.Scripts {
		name += ".lua"
	}
	if _, taken := c.Files[name]; taken {
		return fmt.Errorf("%s: two scripts have the name %s: rename one", l.at, name)
	}
	c.Files[name] = content
	if l.dialect != c.Dialect {
		c.note("%s: a bundle has one dialect, and this script is in Lua %s: make a bundle of its own of it", l.at, l.dialect)
	}
	if len(l.arguments) > 0 {
		c.note("%s: the arguments '%s' of lua-load are not passed on: write them behind lua-bundle, or take them from a file of the bundle",
			l.at, strings.Join(l.arguments, " "))
	}
	return nil
}

// chooseEntry takes the only script, or one made here that loads all in the configuration's order.
func (c *Conversion) chooseEntry(loads []load) {
	names := c.Files.Paths()
	if len(names) == 1 {
		c.Entry = names[0]
		return
	}
	c.Entry = "bundle.lua"
	for i := 1; c.Files[c.Entry] != nil; i++ {
		c.Entry = fmt.Sprintf("bundle%d.lua", i)
	}
	var b strings.Builder
	b.WriteString("-- The scripts in the order in which the configuration loaded them.\n")
	for _, l := range loads {
		name := strings.TrimSuffix(filepath.Base(l.path), ".lua")
		if strings.Contains(name, ".") {
			c.note("%s: require cannot find a file with a dot in its name: rename %s", l.at, filepath.Base(l.path))
		}
		fmt.Fprintf(&b, "require %q\n", name)
	}
	c.Files[c.Entry] = []byte(b.String())
}

// addModules copies what scripts require, and what that requires, until nothing is missing that can be found.
func (c *Conversion) addModules(patterns []string) {
	for tried := map[string]bool{}; ; {
		added := false
		for _, n := range survey.Read(c.Files).Missing() {
			if tried[n.Value] {
				continue
			}
			tried[n.Value] = true
			if content, found := findModule(n.Value, patterns); found {
				c.Files[survey.ModuleFiles(n.Value)[0]] = content
				added = true
			} else {
				c.note("%s: the module '%s' was not found: put it into the bundle; one in C becomes WebAssembly", n.Place, n.Value)
			}
		}
		if !added {
			return
		}
	}
}

func findModule(module string, patterns []string) ([]byte, bool) {
	if strings.ContainsAny(module, `/\`) || strings.Contains(module, "..") {
		return nil, false
	}
	for _, list := range patterns {
		for pattern := range strings.SplitSeq(list, ";") {
			path := strings.ReplaceAll(pattern, "?", strings.ReplaceAll(module, ".", "/"))
			if content, err := os.ReadFile(path); err == nil {
				return content, true
			}
		}
	}
	return nil, false
}

// propose takes from the scripts what the manifest lists, and compares what they register with what rules use.
func (c *Conversion) propose(uses []use) {
	s := survey.Read(c.Files)
	c.Registrations = s.Registrations()
	for _, n := range s.Needs {
		switch {
		case n.Field == "require" || n.Field == "registrations" && (n.Value != "" || n.Kind == "task"):
		case n.Value == "":
			c.note("%s: %s with a value that only a run can tell: list it under %s", n.Place, n.Call, n.Field)
		}
	}
	c.Capabilities = s.Propose(bundle.Capabilities{})
	for _, u := range uses {
		registered := slices.ContainsFunc(c.Registrations, func(r bundle.Registration) bool { return r.Name == u.name })
		if !registered {
			c.note("%s: lua.%s is used here, and no script registers it under a name that can be read", u.at, u.name)
		}
	}
}
