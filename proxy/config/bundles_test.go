package config

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestLuaBundle(t *testing.T) {
	cfg, diags := parseText("test.cfg", `
global
 default-path origin /usr
 lua-bundle auth oci:registry.example.com/acme/auth:1 realm=x y
 lua-bundle-per-thread count-it file:count.tar
 lua-bundle other file:/srv/other.tar@sha256:00
 lua-bundle signed file:signed.tar key=acme.pub x key=y
`)
	want := []ScriptBundle{
		{Name: "auth", Reference: "oci:registry.example.com/acme/auth:1", Arguments: []string{"realm=x", "y"}},
		{Name: "count-it", Reference: "file:/usr/count.tar", Arguments: []string{}, PerThread: true},
		{Name: "other", Reference: "file:/srv/other.tar@sha256:00", Arguments: []string{}},
		{Name: "signed", Reference: "file:/usr/signed.tar", Key: "/usr/acme.pub", Arguments: []string{"x", "key=y"}},
	}
	if diff := cmp.Diff(want, cfg.Scripts.Bundles, cmpopts.IgnoreFields(ScriptBundle{}, "At"), cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("%s%v", diff, diags.Sorted())
	}
}

func TestLuaBundle_Errors(t *testing.T) {
	for _, tt := range []struct{ name, lines, want string }{
		{"no reference", "lua-bundle a", "'lua-bundle' expects a name and a reference"},
		{"dotted name", "lua-bundle a.b file:x", "but got 'a.b'"},
		{"no scheme", "lua-bundle a x.tar", "expects oci:HOST/NAME:TAG or file:PATH"},
		{"no key", "lua-bundle a file:x key=", "expects key=FILE"},
		{"same name", "lua-bundle a file:x\n lua-bundle-per-thread a file:y", "'a' is the name of another bundle, declared at test.cfg:2"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, diags := parseText("test.cfg", "global\n "+tt.lines+"\n")
			for _, d := range diags.Sorted() {
				if strings.Contains(d.Reason, tt.want) {
					return
				}
			}
			t.Errorf("got %v, want %q", diags.Sorted(), tt.want)
		})
	}
}
