package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tidelock/proxy/config/syntax"
)

func TestParse_DefaultPath(t *testing.T) {
	tests := []struct{ name, file, policy, script string }{
		{"none", "conf/a.cfg", "", "s.lua"},
		{"current", "conf/a.cfg", "default-path current", "s.lua"},
		{"config", "conf/a.cfg", "default-path config", "conf/s.lua"},
		{"config in the current folder", "a.cfg", "default-path config", "s.lua"},
		{"parent", "conf/a.cfg", "default-path parent", "conf/../s.lua"},
		{"parent of the current folder", "a.cfg", "default-path parent", "../s.lua"},
		{"origin", "conf/a.cfg", "default-path origin testdata", "testdata/s.lua"},
		{"origin with a slash", "conf/a.cfg", "default-path origin testdata/", "testdata/s.lua"},
		{"root", "conf/a.cfg", "default-path origin /", "/s.lua"},
		{"the last counts", "conf/a.cfg", "default-path origin testdata\n default-path config", "conf/s.lua"},
		{"an origin replaces what came before", "conf/a.cfg", "default-path config\n default-path origin testdata", "testdata/s.lua"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			cfg, diags := parseText(tc.file, "global\n "+tc.policy+"\n lua-load s.lua\n lua-load /abs/s.lua\n")
			if diags.Has(syntax.Alert) {
				t.Fatal(diags.Sorted())
			}
			got := []string{cfg.Scripts.Files[0].Path, cfg.Scripts.Files[1].Path}
			if diff := cmp.Diff([]string{tc.script, "/abs/s.lua"}, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// The policy of one file is in force in the next; what a statement names starts where the statement is.
func TestParse_DefaultPathOfStatements(t *testing.T) {
	folder := t.TempDir()
	page := "HTTP/1.0 503 Away\r\n\r\n"
	if err := os.WriteFile(filepath.Join(folder, "away.http"), []byte(page), 0o644); err != nil {
		t.Fatal(err)
	}
	diags := &syntax.Diagnostics{}
	cfg := Parse([]syntax.Source{
		{Name: "one/a.cfg", Text: []byte("global\n default-path config\n lua-prepend-path lib/?.lua\n lua-load a.lua\n")},
		{Name: folder + "/b.cfg", Text: []byte(strings.Join([]string{
			"frontend f", " mode http", " bind :80", " errorfile 503 away.http", " acl a src -f list", " use_backend b if a", "backend b", " mode http", "",
		}, "\n"))},
	}, syntax.Condition{Environment: syntax.NewEnvironment(nil)}, diags)
	if diags.Has(syntax.Alert) {
		t.Fatal(diags.Sorted())
	}
	f := cfg.Proxies[0]
	want := []PrependPath{{"path", "one/?/init.lua"}, {"path", "one/?.lua"}, {"path", "one/lib/?.lua"}}
	if diff := cmp.Diff(want, cfg.Scripts.PrependPaths); diff != "" {
		t.Error(diff)
	}
	if got := string(f.ErrorReplies[0].Page); got != page {
		t.Errorf("page %q", got)
	}
	if want := Folder(folder + "/"); f.Rules[0].Folder != want || f.UseBackends[0].Folder != want {
		t.Errorf("folders %q, %q, want %q", f.Rules[0].Folder, f.UseBackends[0].Folder, want)
	}
}
