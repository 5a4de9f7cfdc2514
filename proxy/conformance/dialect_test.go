package conformance

import (
	"bufio"
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

var dialect = flag.String("dialect", "", "play the cases that load scripts on Tidelock with this dialect of Lua, 5.1")

// dialectDifferences lists the cases that answer differently in a dialect, one a line with the reason behind it.
const dialectDifferences = "testdata/dialect-%s.txt"

// loading finds where a configuration loads a script, up to its name.
var loading = regexp.MustCompile(`(?m)^(\s*lua-load(?:-per-thread)?[ \t]+\S+)`)

// mathType is put before the first line of each script: many cases show values by a function that asks for math.type, which
// Lua 5.1 does not have.
const mathType = `if not math.type then function math.type(v) ` +
	`if type(v) == "number" then return v % 1 == 0 and "integer" or "float" end end end `

// inDialect returns the case with its scripts in a dialect, or nil when it loads none.
func (c *testCase) inDialect(dialect string) *testCase {
	found := false
	changed := *c
	changed.files = slices.Clone(c.files)
	for i, file := range changed.files {
		switch {
		case strings.HasSuffix(file.Name, ".cfg") && loading.Match(file.Data):
			found = true
			changed.files[i] = txtar.File{Name: file.Name, Data: loading.ReplaceAll(file.Data, []byte("$1 dialect="+dialect))}
		case strings.HasSuffix(file.Name, ".lua"):
			changed.files[i] = txtar.File{Name: file.Name, Data: append([]byte(mathType), file.Data...)}
		}
	}
	if !found {
		return nil
	}
	return &changed
}

// TestDialect plays the cases that load scripts with the scripts in another dialect: they must answer as in Lua 5.4, but for
// those that are listed.
func TestDialect(t *testing.T) {
	if *dialect == "" {
		t.Skip("needs -dialect 5.1: each case starts an interpreter that takes a second")
	}
	listed := readDialectDifferences(t, *dialect)
	areas, err := filepath.Glob("testdata/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, folder := range areas {
		if !isFolder(folder) {
			continue
		}
		cases, differences := loadArea(t, folder)
		for _, c := range cases {
			changed := c.inDialect(*dialect)
			if changed == nil {
				continue
			}
			name := filepath.Base(folder) + "/" + c.name
			expected := c.expect
			if d, ok := differences[c.name]; ok {
				expected = d.transcript
			}
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				testInDialect(t, changed, expected, listed[name])
			})
		}
	}
}

func testInDialect(t *testing.T, c *testCase, expected string, listed bool) {
	transcript, output, err := c.play(tidelock)
	if err == nil && transcript != expected && !listed {
		transcript, output, err = c.play(tidelock) // as playUntil does
	}
	same := err == nil && transcript == expected
	switch {
	case listed && same:
		t.Errorf("%s no longer differs: remove it from the list", c.path)
	case !listed && !same:
		t.Errorf("%s: %v\n%s\nwhat the program wrote:\n%s", c.path, err, compare("Lua 5.4", expected, "this dialect", transcript), output)
	}
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

func readDialectDifferences(t *testing.T, dialect string) map[string]bool {
	t.Helper()
	content, err := os.ReadFile(strings.Replace(dialectDifferences, "%s", dialect, 1))
	if err != nil {
		t.Fatal(err)
	}
	listed := make(map[string]bool)
	for lines := bufio.NewScanner(bytes.NewReader(content)); lines.Scan(); {
		name, reason, _ := strings.Cut(lines.Text(), " ")
		if name == "" || name == "#" {
			continue
		}
		if strings.TrimSpace(reason) == "" {
			t.Errorf("%s is listed without a reason", name)
		}
		listed[name] = true
	}
	return listed
}
