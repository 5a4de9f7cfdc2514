package bundles

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tidelock/sdk/bundle"
)

func version(t *testing.T, text string) bundle.Version {
	t.Helper()
	v, err := bundle.ParseVersion(text)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// TestVersions remembers, from one process to the next, what has run.
func TestVersions(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "deep", "state")
	if err := NewVersions(folder).Check("acme/a", version(t, "0.0.1")); err != nil {
		t.Errorf("nothing is remembered: %v", err)
	}
	for _, name := range []string{"acme/a", "acme/b"} {
		if err := NewVersions(folder).Record(name, "1.2.0", "sha256:a"); err != nil {
			t.Fatal(err)
		}
	}
	for _, test := range []struct {
		version string
		older   bool
	}{{"1.1.9", true}, {"1.2.0-rc.1", true}, {"1.2.0", false}, {"1.10.0", false}} {
		err := NewVersions(folder).Check("acme/a", version(t, test.version))
		if (err != nil) != test.older {
			t.Errorf("%s: %v", test.version, err)
		}
	}
	info, err := os.Stat(filepath.Join(folder, "bundles.json"))
	if err != nil || info.Mode() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	if left, _ := filepath.Glob(filepath.Join(folder, "*")); len(left) != 1 {
		t.Errorf("left behind: %q", left)
	}
}

// What a process left that was killed is removed, unless it may be at it still.
func TestVersions_abandoned(t *testing.T) {
	folder := t.TempDir()
	old, young := filepath.Join(folder, "bundles.json.1"), filepath.Join(folder, "bundles.json.2")
	for _, path := range []string{old, young} {
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	yesterday := time.Now().Add(-24 * time.Hour)
	if err := os.Chtimes(old, yesterday, yesterday); err != nil {
		t.Fatal(err)
	}
	if err := NewVersions(folder).Record("acme/a", "1.2.0", "sha256:a"); err != nil {
		t.Fatal(err)
	}
	_, errOld := os.Stat(old)
	_, errYoung := os.Stat(young)
	if !os.IsNotExist(errOld) || errYoung != nil {
		t.Errorf("an old one: %v; a young one: %v", errOld, errYoung)
	}
}

func TestVersions_Errors(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"empty", "", "unexpected end of JSON input; restore it, or remove it"},
		{"no JSON", "{]", "restore it, or remove it"},
		{"no version", `{"acme/a": {"version": "one"}}`, "restore it, or remove it"},
		{"too large", strings.Repeat(" ", maxVersions+1), "more than 1048576 bytes"},
	} {
		t.Run(test.name, func(t *testing.T) {
			folder := t.TempDir()
			path := filepath.Join(folder, "bundles.json")
			if err := os.WriteFile(path, []byte(test.text), 0o600); err != nil {
				t.Fatal(err)
			}
			v := NewVersions(folder)
			for _, err := range []error{v.Check("acme/a", version(t, "1.0.0")), v.Record("acme/a", "1.0.0", "sha256:a")} {
				if err == nil || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), path) {
					t.Errorf("got %v, want %s", err, test.want)
				}
			}
			if text, err := os.ReadFile(path); err != nil || string(text) != test.text {
				t.Errorf("the file has changed: %v", err)
			}
		})
	}
}
