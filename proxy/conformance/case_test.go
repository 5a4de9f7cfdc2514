package conformance

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

// testCase is one file below testdata.
type testCase struct {
	path   string
	area   string
	name   string
	files  []txtar.File // what the proxy finds in its working directory, haproxy.cfg among them
	script string
	expect string
}

// differencesFile lists the cases of an area in which Tidelock differs on purpose.
const differencesFile = "differences.txtar"

// difference is one of its entries.
type difference struct {
	reason     string // lines that begin with #
	transcript string // Tidelock's
}

// parseCase reads a case from its file's content.
func parseCase(path string, content []byte) (*testCase, error) {
	c := &testCase{path: path, area: filepath.Base(filepath.Dir(path)), name: strings.TrimSuffix(filepath.Base(path), ".txtar")}
	archive := txtar.Parse(content)
	if len(bytes.TrimSpace(archive.Comment)) == 0 {
		return nil, fmt.Errorf("%s: no comment says what the case shows", path)
	}
	for _, file := range archive.Files {
		switch file.Name {
		case "script":
			c.script = string(file.Data)
		case "expect":
			c.expect = string(file.Data)
		default:
			c.files = append(c.files, file)
		}
	}
	if c.script == "" {
		return nil, fmt.Errorf("%s: no script", path)
	}
	return c, nil
}

// accept makes a transcript what the case expects, and writes its file.
func (c *testCase) accept(transcript string) error {
	content, err := os.ReadFile(c.path)
	if err != nil {
		return err
	}
	archive := txtar.Parse(content)
	archive.Files = slices.DeleteFunc(archive.Files, func(f txtar.File) bool { return f.Name == "expect" })
	archive.Files = append(archive.Files, txtar.File{Name: "expect", Data: []byte(transcript)})
	return os.WriteFile(c.path, txtar.Format(archive), 0o644)
}

// loadArea reads the cases of one folder, and where Tidelock differs by name of case.
func loadArea(t *testing.T, folder string) ([]*testCase, map[string]difference) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(folder, "*.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	var cases []*testCase
	differences := map[string]difference{}
	for _, path := range paths {
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if filepath.Base(path) == differencesFile {
			differences = parseDifferences(content)
			continue
		}
		c, err := parseCase(path, content)
		if err != nil {
			t.Fatal(err)
		}
		cases = append(cases, c)
	}
	for name, d := range differences {
		if !slices.ContainsFunc(cases, func(c *testCase) bool { return c.name == name }) {
			t.Errorf("%s: %s lists %q, which is no case", folder, differencesFile, name)
		}
		if d.reason == "" {
			t.Errorf("%s: %s gives no reason for %q", folder, differencesFile, name)
		}
	}
	return cases, differences
}

func parseDifferences(content []byte) map[string]difference {
	entries := map[string]difference{}
	for _, file := range txtar.Parse(content).Files {
		var d difference
		for line := range strings.Lines(string(file.Data)) {
			if strings.HasPrefix(line, "#") && d.transcript == "" {
				d.reason += line
			} else {
				d.transcript += line
			}
		}
		entries[file.Name] = d
	}
	return entries
}

// acceptDifferences replaces the transcripts of entries of an area's list, and leaves what is not among them.
func acceptDifferences(folder string, transcripts map[string]string) error {
	path := filepath.Join(folder, differencesFile)
	content, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	archive := txtar.Parse(content)
	entries := parseDifferences(content)
	for i, file := range archive.Files {
		if transcript, have := transcripts[file.Name]; have {
			archive.Files[i].Data = []byte(entries[file.Name].reason + transcript)
		}
	}
	return os.WriteFile(path, txtar.Format(archive), 0o644)
}

// placeholder is a name that the runner fills in. HAProxy's own variables have upper case letters.
var placeholder = regexp.MustCompile(`\$\{([a-z][a-z0-9_]*)(\.port)?\}`)

// names returns the names that configuration files, Lua scripts and the case's script want to have filled in, sorted.
func (c *testCase) names() []string {
	var names []string
	collect := func(text []byte) {
		for _, match := range placeholder.FindAllSubmatch(text, -1) {
			names = append(names, string(match[1]))
		}
	}
	for _, file := range c.files {
		if strings.HasSuffix(file.Name, ".cfg") || strings.HasSuffix(file.Name, ".lua") {
			collect(file.Data)
		}
	}
	collect([]byte(c.script))
	slices.Sort(names)
	return slices.Compact(names)
}

// binding finds the lines of a configuration by which the proxy listens.
var binding = regexp.MustCompile(`(?m)^\s*(?:bind|stats\s+socket)\s.*$`)

// bound returns the names that haproxy.cfg has the proxy listen on.
func (c *testCase) bound() []string {
	var names []string
	for _, file := range c.files {
		if file.Name != "haproxy.cfg" {
			continue
		}
		for _, line := range binding.FindAll(file.Data, -1) {
			for _, match := range placeholder.FindAllSubmatch(line, -1) {
				names = append(names, string(match[1]))
			}
		}
	}
	return names
}
