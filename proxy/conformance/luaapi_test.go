package conformance

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"tidelock/sdk/api"
)

// scriptFolders hold the scripts that are searched for calls, beside the cases'.
var scriptFolders = []string{"testdata", "../luabridge"}

// TestLuaAPI_Called finds rows of the Lua API that no case and no test of the bridge calls.
func TestLuaAPI_Called(t *testing.T) {
	scripts := readScripts(t)
	var uncalled []string
	for _, c := range api.Classes() {
		for _, m := range c.Members {
			p, err := api.Parse(m.Signature)
			if err != nil {
				t.Fatal(err)
			}
			name := regexp.QuoteMeta(p.Name)
			call := `[:.]` + name + `\b`
			switch {
			case c.Global && p.Kind != api.Method:
				call = `\b` + c.Name + `(\.` + name + `\b|\["` + name + `"\])`
			case c.Name == "Shared" || c.Name == "Tracer" || c.Name == "Meter":
				call = `\b` + strings.ToLower(c.Name) + `\.` + name + `\b`
			}
			if !regexp.MustCompile(call).MatchString(scripts) {
				uncalled = append(uncalled, c.Name+"."+p.Name)
			}
		}
	}
	for _, row := range uncalled {
		t.Errorf("no case calls %s", row)
	}
}

// readScripts returns the text of all cases and tests that have scripts.
func readScripts(t *testing.T) string {
	var all strings.Builder
	for _, folder := range scriptFolders {
		err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
			switch extension := filepath.Ext(path); {
			case err != nil || entry.IsDir():
				return err
			case extension != ".txtar" && extension != ".lua" && !strings.HasSuffix(path, "_test.go"):
				return nil
			}
			text, err := os.ReadFile(path)
			if strings.Contains(string(text), "core.register_") {
				all.Write(text)
				all.WriteByte('\n')
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return all.String()
}
