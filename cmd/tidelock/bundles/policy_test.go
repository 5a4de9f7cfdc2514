package bundles

import (
	"strings"
	"testing"

	"tidelock/cmd/tidelock/settings"
)

func TestNewPolicy_Errors(t *testing.T) {
	for _, test := range []struct {
		name     string
		settings settings.Bundles
		want     string
	}{
		{"empty key", settings.Bundles{Keys: []string{" "}}, "bundle-keys: expected the file of a key"},
		{"missing key", settings.Bundles{Keys: []string{"none.pub"}}, "none.pub: no such file"},
		{"pattern", settings.Bundles{Keys: []string{"a.pub names=["}}, "expected a pattern of names such as acme/*, found '['"},
		{"day", settings.Bundles{Keys: []string{"a.pub until=tomorrow"}}, "expected a day such as 2030-01-31, found 'tomorrow'"},
		{"pin", settings.Bundles{Pins: []string{"acme/a=sha256:0"}}, "bundle-pins: expected NAME=sha256: and 64 digits, found 'acme/a=sha256:0'"},
		{"grant without capability", settings.Bundles{Grants: []string{"acme/a"}}, "bundle-grants: expected a pattern of names"},
		{"grant of nothing known", settings.Bundles{Grants: []string{"acme/a everything=*"}}, "expected CAPABILITY=VALUE with one of network, "},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := settings.Defaults()
			s.Bundles = test.settings
			if _, err := NewPolicy(&s, "devel"); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
}

func TestGrant(t *testing.T) {
	for _, test := range []struct {
		entry   string
		covered bool
	}{
		{"acme/auth network=a:1", true}, {"acme/auth network=*", true}, {"acme/* *", true}, {"* *", false}, {"acme/auth network=b:1", false},
		{"acme/auth files=*", false}, {"other/* *", false},
	} {
		g, err := readGrant(test.entry)
		if err != nil {
			t.Fatal(err)
		}
		if got := g.covers("acme/auth", "network", "a:1"); got != test.covered {
			t.Errorf("%s: %v", test.entry, got)
		}
	}
}
