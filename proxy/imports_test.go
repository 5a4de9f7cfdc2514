package proxy

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// importRules say which packages below this folder may import what. Arrows run one way: what is read last carries least.
var importRules = []struct {
	name, imported string
	allowed        func(folder string) bool
}{
	{"only luabridge knows the sandbox", "tidelock/host", func(folder string) bool { return folder == "luabridge" }},
	{"only luabridge knows the ABI", "tidelock/abi", func(folder string) bool { return folder == "luabridge" }},
	{"what script authors use is not what serves", "tidelock/sdk", func(string) bool { return false }},
	{"nothing imports the command", "tidelock/cmd", func(string) bool { return false }},
	{"the configuration language opens no connections", "net", func(folder string) bool { return !strings.HasPrefix(folder, "config") }},
	{"net/http is in no data path", "net/http", func(string) bool { return false }},
	{"the syntax is a leaf", "tidelock", func(folder string) bool { return folder != "config/syntax" }},
	{"what scripts may reach is a leaf", "tidelock", func(folder string) bool { return folder != "capability" }},
	{"the log's transport is a leaf", "tidelock", func(folder string) bool { return folder != "log" }},
}

// forbidden returns the name of the rule that an import breaks, or "".
func forbidden(folder, imported string) string {
	for _, rule := range importRules {
		matches := imported == rule.imported || strings.HasPrefix(rule.imported, "tidelock") && strings.HasPrefix(imported, rule.imported+"/")
		if matches && !rule.allowed(folder) {
			return rule.name
		}
	}
	return ""
}

func TestImports(t *testing.T) {
	files := 0
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") ||
			strings.Contains(path, "testdata") {
			return err
		}
		files++
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, spec := range file.Imports {
			imported, _ := strconv.Unquote(spec.Path.Value)
			if rule := forbidden(filepath.ToSlash(filepath.Dir(path)), imported); rule != "" {
				t.Errorf("%s imports %s: %s", path, imported, rule)
			}
		}
		return nil
	})
	if err != nil || files < 20 {
		t.Fatalf("%d files read: %v", files, err)
	}
}

// Test_forbidden proves that the rules can be broken.
func Test_forbidden(t *testing.T) {
	tests := []struct {
		name, folder, imported string
		want                   bool
	}{
		{"host from the assembly", ".", "tidelock/host", true},
		{"part of host", "frontend", "tidelock/host/meter", true},
		{"host from the bridge", "luabridge", "tidelock/host", false},
		{"bundles", "luabridge", "tidelock/sdk/bundle", true},
		{"net from the configuration", "config", "net", true},
		{"netip from the configuration", "config", "net/netip", false},
		{"net from the engine", "frontend", "net", false},
		{"ours from the syntax", "config/syntax", "tidelock/proxy/value", true},
		{"HTTP library", "frontend", "net/http", true},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			if got := forbidden(tc.folder, tc.imported) != ""; got != tc.want {
				t.Errorf("got %v", got)
			}
		})
	}
}
