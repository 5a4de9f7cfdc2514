package convert

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tidelock/sdk/bundle"
)

// inFolder makes files in a folder and works there.
func inFolder(t *testing.T, files map[string]string) {
	t.Helper()
	t.Chdir(t.TempDir())
	for name, content := range files {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func TestConfiguration(t *testing.T) {
	tests := []struct {
		name         string
		files        map[string]string
		entry        string
		paths, notes []string
	}{
		{"one script and its modules", map[string]string{
			"haproxy.cfg": "global\n lua-prepend-path lib/?.lua\n lua-load scripts/auth.lua\nfrontend f\n http-request lua.auth if { lua.ok -m bool }\n",
			"scripts/auth.lua": `require "token" require "near.by" core.register_action("auth", {}, f) core.register_fetches("ok", f)
				os.getenv("KEY")`,
			"lib/token.lua": `require "deep"`, "lib/deep.lua": "", "scripts/near/by.lua": "",
		}, "auth.lua", []string{"auth.lua", "deep.lua", "near/by.lua", "token.lua"}, nil},
		{"several scripts", map[string]string{
			"haproxy.cfg": "global\n lua-load b.lua x y\n lua-load-per-thread a.lua\n",
			"a.lua":       "", "b.lua": "",
		}, "bundle.lua", []string{"a.lua", "b.lua", "bundle.lua"}, []string{"the arguments 'x y'"}},
		{"what a person has to look at", map[string]string{
			"haproxy.cfg": "global\n tune.lua.maxmem 10\n lua-load a.lua dialect=5.1\n lua-load b.lua\nfrontend f\n use_backend %[lua.gone(1)]\n",
			"a.lua":       "require 'cjson'", "b.lua": "os.getenv(n)",
		}, "bundle.lua", []string{"a.lua", "b.lua", "bundle.lua"},
			[]string{"one dialect", "'cjson' was not found", "list it under environment", "lua.gone is used here"}},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			inFolder(t, tc.files)
			c, err := Configuration("haproxy.cfg")
			if err != nil {
				t.Fatal(err)
			}
			if c.Entry != tc.entry || !cmp.Equal(c.Files.Paths(), tc.paths) {
				t.Errorf("entry %s, files %v", c.Entry, c.Files.Paths())
			}
			if len(c.Notes) != len(tc.notes) {
				t.Fatalf("notes %q, expected %q", c.Notes, tc.notes)
			}
			for i, want := range tc.notes {
				if !strings.Contains(c.Notes[i], want) {
					t.Errorf("note %q, expected %q", c.Notes[i], want)
				}
			}
			m := bundle.Manifest{
				Name: "a", Version: bundle.Version{Major: 1}, Dialect: c.Dialect, Entry: c.Entry,
				Registrations: c.Registrations, Capabilities: c.Capabilities,
			}
			if _, err := bundle.Pack(m, c.Files); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestConfiguration_order keeps the order of the configuration, in which scripts may rely on each other.
func TestConfiguration_order(t *testing.T) {
	inFolder(t, map[string]string{"haproxy.cfg": "global\n lua-load b.lua\n lua-load a.lua\n", "a.lua": "", "b.lua": ""})
	c, err := Configuration("haproxy.cfg")
	if err != nil {
		t.Fatal(err)
	}
	if entry := string(c.Files[c.Entry]); !strings.HasSuffix(entry, "require \"b\"\nrequire \"a\"\n") {
		t.Errorf("entry:\n%s", entry)
	}
}

func TestConfiguration_Errors(t *testing.T) {
	tests := []struct {
		name  string
		files map[string]string
		want  string
	}{
		{"no configuration", nil, "haproxy.cfg: no such file"},
		{"no script", map[string]string{"haproxy.cfg": "global\n maxconn 10\n"}, "loads no script"},
		{"a script that is not there", map[string]string{"haproxy.cfg": "global\n lua-load a.lua\n"}, "haproxy.cfg:2"},
		{"two scripts of one name", map[string]string{
			"haproxy.cfg": "global\n lua-load x/a.lua\n lua-load y/a.lua\n", "x/a.lua": "", "y/a.lua": "",
		}, "two scripts have the name a.lua"},
		{"not a configuration", map[string]string{"haproxy.cfg": "global\n lua-load \"a.lua\n"}, "haproxy.cfg:2"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			inFolder(t, tc.files)
			if _, err := Configuration("haproxy.cfg"); err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v, expected %q", err, tc.want)
			}
		})
	}
}
