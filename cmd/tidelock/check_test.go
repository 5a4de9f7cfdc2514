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
		{Kind: "task", File: "folder/b.lua", Line: 12, Isolation: config.IsolationScript},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := "action  add-header  a.lua:3          registration\n" +
		"task    -           folder/b.lua:12  script\n"
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Error(diff)
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
