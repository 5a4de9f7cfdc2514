package main

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tidelock/proxy/config"
)

func Test_printRegistrations(t *testing.T) {
	var out strings.Builder
	err := printRegistrations(&out, []config.Registration{
		{Kind: "action", Name: "add-header", File: "a.lua", Line: 3, Isolation: config.IsolationRegistration},
		{Kind: "task", File: "folder/b.lua", Line: 12, Isolation: config.IsolationScript, Group: 1},
		{Kind: "fetch", Name: "f", File: "b.lua", Line: 1, Isolation: config.IsolationAuto, Group: 2, Parallel: true},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := "action  add-header  a.lua:3          registration\n" +
		"task    -           folder/b.lua:12  script  group 1\n" +
		"fetch   f           b.lua:1          auto    group 2, on all processors\n"
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Error(diff)
	}
}

func Test_describeJoin(t *testing.T) {
	task := config.Registration{Kind: "task", File: "a.lua", Line: 3, Isolation: config.IsolationAuto}
	fetch := config.Registration{Kind: "fetch", Name: "f", File: "a.lua", Line: 9, Isolation: config.IsolationAuto}
	split := task
	split.Isolation = config.IsolationRegistration
	for _, tt := range []struct {
		name, want string
		join       config.Join
	}{
		{"variable", "task 'a.lua:3' and fetch 'f' share memory: the first changes 'cache.x' (a.lua:5), the second reads it",
			config.Join{First: task, Second: fetch, What: "cache.x", Variable: true, File: "a.lua", Line: 5}},
		{"anything", "task 'a.lua:3' and fetch 'f' share memory: the first may do anything: load (a.lua:5)",
			config.Join{First: task, Second: fetch, What: "load", File: "a.lua", Line: 5}},
		{"variable that is cut", "fetch 'f' does not see how task 'a.lua:3' changes 'cache.x' (a.lua:5)",
			config.Join{First: split, Second: fetch, What: "cache.x", Variable: true, File: "a.lua", Line: 5}},
		{"anything that is cut", "fetch 'f' sees nothing of what task 'a.lua:3' may do: load (a.lua:5)",
			config.Join{First: split, Second: fetch, What: "load", File: "a.lua", Line: 5}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := describeJoin(tt.join); got != tt.want {
				t.Errorf("got %s", got)
			}
		})
	}
}

var update = flag.Bool("update", false, "rewrite the expectations under testdata")

// TestCheck_Scripts checks configurations whose scripts are wrong or wrongly used. testdata/scripts/README says how what is
// said compares with HAProxy's words, which stand beside it.
func TestCheck_Scripts(t *testing.T) {
	t.Chdir("testdata/scripts") // messages name the scripts as the configurations do
	cases, err := filepath.Glob("*.cfg")
	if err != nil || len(cases) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, path := range cases {
		name := strings.TrimSuffix(path, ".cfg")
		t.Run(name, func(t *testing.T) {
			var stdout, stderr bytes.Buffer
			if status := doMain([]string{"tidelock", "check", "-f", path}, &stdout, &stderr); status != exitError {
				t.Errorf("status %d, want %d", status, exitError)
			}
			got := processNumber.ReplaceAllString(stderr.String(), "(P)")
			if *update {
				if err := os.WriteFile(name+".expected", []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			want, err := os.ReadFile(name + ".expected")
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Error(diff)
			}
		})
	}
}
