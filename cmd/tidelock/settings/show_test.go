package settings

import (
	"encoding/json"
	"flag"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tidelock/proxy/config"
)

var update = flag.Bool("update", false, "write the reference into docs/settings.md, and docs/settings.schema.json")

const (
	page       = "../../../docs/settings.md"
	schemaFile = "../../../docs/settings.schema.json"
	begin, end = "<!-- begin of the table, made by go test ./cmd/tidelock/settings -update -->\n", "<!-- end of the table -->"
)

// The documentation says what the type says.
func TestDocumentation(t *testing.T) {
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, found := strings.Cut(string(text), begin)
	table, after, closed := strings.Cut(rest, end)
	if !found || !closed {
		t.Fatalf("%s has no table", page)
	}
	schema, err := Schema()
	if err != nil {
		t.Fatal(err)
	}
	schema = append(schema, '\n')
	if *update {
		if err := os.WriteFile(page, []byte(before+begin+Table()+"\n"+end+after), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(schemaFile, schema, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(Table()+"\n", table); diff != "" {
		t.Errorf("%s: %s", page, diff)
	}
	written, err := os.ReadFile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(schema), string(written)); diff != "" {
		t.Errorf("%s: %s", schemaFile, diff)
	}
}

// Every setting has a name of its own, a meaning, a type that can be read, and a default that its own parser takes.
func TestSettings_rows(t *testing.T) {
	defaults, seen := Defaults(), make(map[string]bool)
	for _, r := range rows {
		if r.Name == "" || r.Doc == "" || seen[r.Name] {
			t.Errorf("%q: %q", r.Name, r.Doc)
		}
		seen[r.Name] = true
		if _, ok := parsers[r.kind]; !ok {
			t.Fatalf("%s: %s cannot be read", r.Name, r.kind)
		}
		s := Defaults()
		if err := r.take(&s, show(r.value(&defaults))); err != nil || !reflect.DeepEqual(r.value(&s), r.value(&defaults)) {
			t.Errorf("%s: the default %v is read as %v, %v", r.Name, r.value(&defaults), r.value(&s), err)
		}
	}
	var fields int
	for name := range defaults.scriptFields(new(config.Scripts)) {
		for _, r := range rows {
			if r.Name == name && r.Global != "" {
				fields++
			}
		}
	}
	var globals int
	for _, r := range rows {
		if r.Global != "" {
			globals++
		}
		if r.Name == "isolation" && !reflect.DeepEqual(r.Values, config.Isolations) {
			t.Errorf("isolation may be %q, and %q in the configuration", r.Values, config.Isolations)
		}
	}
	if fields != globals {
		t.Errorf("%d settings have a keyword, %d are reconciled with it", globals, fields)
	}
}

func TestSettings_Print(t *testing.T) {
	s, path, err := load(t, "s.yaml", "admin-token: hush\nscript-folders: [/]\n", []string{"TIDELOCK_MEMORY=512m"}, []string{"--grace", "5s"})
	if err != nil {
		t.Fatal(err)
	}
	var text, asJSON strings.Builder
	if err := s.Print(&text); err != nil {
		t.Fatal(err)
	}
	if err := s.PrintJSON(&asJSON); err != nil {
		t.Fatal(err)
	}
	lines := make(map[string]string)
	for line := range strings.Lines(text.String()) {
		name, rest, _ := strings.Cut(strings.Join(strings.Fields(line), " "), " ")
		lines[name] = rest
	}
	for name, want := range map[string]string{
		"admin-token": "******** " + path + ":1", "script-folders": "/ " + path + ":2", "memory": "512m TIDELOCK_MEMORY",
		"grace": "5s --grace", "log-level": "info default", "admin-address": `"" default`,
	} {
		if lines[name] != want {
			t.Errorf("%s: got %q, want %q", name, lines[name], want)
		}
	}
	var all []struct {
		Name, Source, Place string
		Value, Default      any
		Live                bool
	}
	if err := json.Unmarshal([]byte(asJSON.String()), &all); err != nil || len(all) != len(rows) {
		t.Fatalf("%d settings, %v", len(all), err)
	}
	if first := all[1]; first.Name != "grace" || first.Value != "5s" || first.Default != "30s" || first.Source != "flag" || first.Place != "--grace" || !first.Live {
		t.Errorf("got %+v", first)
	}
	if strings.Contains(text.String()+asJSON.String(), "hush") {
		t.Error("a secret is shown")
	}
}

func TestSettings_Changes(t *testing.T) {
	before, _, _ := load(t, "", "", nil, nil)
	after, _, err := load(t, "", "", []string{"TIDELOCK_LOG_LEVEL=debug"}, []string{"--grace=1s", "--isolation=script"})
	if err != nil {
		t.Fatal(err)
	}
	live, restart := before.Changes(&after)
	if diff := cmp.Diff([][]string{{"grace", "log-level"}, {"isolation"}}, [][]string{live, restart}); diff != "" {
		t.Error(diff)
	}
	before.TakeLive(&after)
	live, restart = before.Changes(&after)
	if len(live) > 0 || len(restart) != 1 || before.Origin("grace").String() != "--grace" {
		t.Errorf("then %q, %q", live, restart)
	}
}

func TestSize_String(t *testing.T) {
	for size, want := range map[Size]string{0: "0", 1: "1", 1500: "1500", 1 << 10: "1k", 3 << 20: "3m", 2 << 30: "2g"} {
		if got := size.String(); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestHidden(t *testing.T) {
	if !Hidden("TIDELOCK_ADMIN_TOKEN") || Hidden("TIDELOCK_ADMIN_ADDRESS") || Hidden("HOME") {
		t.Error("the wrong variables are hidden")
	}
}
