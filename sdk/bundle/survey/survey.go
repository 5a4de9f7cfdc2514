// Package survey reads Lua scripts without running them, and says what they register and what they need to reach: what a
// bundle's manifest has to list. It knows constants only. What is computed while a script runs is told as such, with its
// place, for a person to look at; a survey is a proposal and protects nobody. What a script may reach is enforced while it runs.
package survey

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"tidelock/sdk/bundle"
)

// Place is where in a script something was found.
type Place struct {
	File string
	Line int
}

// String returns file:line, or the file alone for what has no line.
func (p Place) String() string {
	if p.Line == 0 {
		return p.File
	}
	return fmt.Sprintf("%s:%d", p.File, p.Line)
}

// Need is something that a script registers, requires or reaches.
type Need struct {
	Place Place
	Call  string // how: os.getenv
	// Field is the part of the manifest that it belongs to: "registrations", or the name of a capability; "require" for
	// modules, which belong into the bundle itself.
	Field string
	Kind  string // of a registration
	Value string // "" when it is computed
}

// Survey is what scripts need, in the order of files and lines.
type Survey struct {
	Needs []Need
	files bundle.Files
}

// Read surveys the scripts among some files.
func Read(files bundle.Files) *Survey {
	s := &Survey{files: files}
	scripts := files.Of(bundle.Scripts)
	for _, path := range scripts.Paths() {
		s.Needs = append(s.Needs, readScript(path, scripts[path])...)
	}
	return s
}

// Registrations returns what the scripts register, each once, in order.
func (s *Survey) Registrations() []bundle.Registration {
	list := []bundle.Registration{}
	for _, n := range s.Needs {
		r := bundle.Registration{Kind: n.Kind, Name: n.Value}
		if n.Field == "registrations" && (n.Value != "" || n.Kind == "task") && !slices.Contains(list, r) {
			list = append(list, r)
		}
	}
	slices.SortFunc(list, func(a, b bundle.Registration) int {
		return cmp.Or(strings.Compare(a.Kind, b.Kind), strings.Compare(a.Name, b.Name))
	})
	return list
}

// Missing returns the modules that scripts require by a constant name and that are not among the files.
func (s *Survey) Missing() []Need {
	var missing []Need
	for _, n := range s.Needs {
		if n.Field == "require" && n.Value != "" && !s.hasModule(n.Value) && !slices.Contains(standard, n.Value) {
			missing = append(missing, n)
		}
	}
	return missing
}

// standard are the modules that every interpreter has loaded.
var standard = []string{"coroutine", "debug", "io", "math", "os", "package", "string", "table", "utf8", "_G"}

// hasModule reports whether require finds a module in the bundle.
func (s *Survey) hasModule(module string) bool {
	return slices.ContainsFunc(ModuleFiles(module), func(path string) bool { _, found := s.files[path]; return found })
}

// ModuleFiles returns the paths in a bundle that a module can have.
func ModuleFiles(module string) []string {
	path := strings.ReplaceAll(module, ".", "/")
	return []string{path + ".lua", path + "/init.lua", path + ".wasm"}
}
