package bundle

import (
	"strings"
	"testing"
)

func TestParseManifest(t *testing.T) {
	m, err := ParseManifest([]byte(exampleManifest))
	if err != nil {
		t.Fatal(err)
	}
	encoded, err := m.Encode()
	if err != nil {
		t.Fatal(err)
	}
	again, err := ParseManifest(encoded)
	if err != nil {
		t.Fatal(err)
	}
	if twice, err := again.Encode(); err != nil || string(twice) != string(encoded) {
		t.Errorf("%s\n%s\n%v", encoded, twice, err)
	}
}

func TestParseManifest_Errors(t *testing.T) {
	// with returns the example with one text in the place of another.
	with := func(old, replacement string) string {
		if !strings.Contains(exampleManifest, old) {
			t.Fatalf("no %s", old)
		}
		return strings.Replace(exampleManifest, old, replacement, 1)
	}
	tests := []struct{ name, document, want string }{
		{"empty", "", "empty"},
		{"not JSON", "name: acme/auth", "invalid character"},
		{"not an object", "[]", "cannot unmarshal array"},
		{"cut off", exampleManifest[:100], "unexpected EOF"},
		{"something behind", exampleManifest + "{}", "something follows the object"},
		{"a bracket behind", exampleManifest + "}", "something follows the object"},
		{"oversized", with("acme/auth", strings.Repeat("a", maxManifest)), "more than 65536"},
		{"deep", with(`["authorization"]`, strings.Repeat("[", 5000)+strings.Repeat("]", 5000)), "nested more than 8 deep"},
		{"unknown field", with(`"dialect"`, `"colour": 1, "dialect"`), `unknown field "colour"`},
		{"unknown field inside", with(`"memory"`, `"disk"`), `unknown field "disk"`},
		{"field twice", with(`"dialect"`, `"name": "acme/other", "dialect"`), `field "name" stands twice`},
		{"field twice inside", with(`"kind": "action"`, `"kind": "fetch", "kind": "action"`), `field "kind" stands twice`},
		{"field in other letters", with(`"dialect"`, `"Name": "acme/other", "dialect"`), `unknown field "Name"`},
		{"wrong type", with(`"1.2.3"`, `1`), "cannot unmarshal number"},
		{"no name", with(`"acme/auth"`, `""`), "name: expected lower case"},
		{"name with a path", with("acme/auth", "../auth"), "name: expected lower case"},
		{"name in capitals", with("acme/auth", "Acme"), "name: expected lower case"},
		{"no version", with(`"1.2.3"`, `""`), "expected a semantic version"},
		{"version with a v", with("1.2.3", "v1.2.3"), `found "v1.2.3"`},
		{"unknown dialect", with(`"5.4"`, `"5.3"`), `expected one of 5.4, 5.1, found "5.3"`},
		{"entry outside", with("main.lua", "../main.lua"), "is not below the bundle"},
		{"absolute entry", with("main.lua", "/main.lua"), "is not below the bundle"},
		{"entry that is no script", with("main.lua", "main.wasm"), "ends in .lua"},
		{"unknown kind", with(`"action"`, `"sample"`), "registrations[0].kind"},
		{"function without a name", with(`, "name": "auth"`, ""), "registrations[0].name"},
		{"registration twice", with(`{"kind": "task"}`, `{"kind": "action", "name": "auth"}`), "stands twice"},
		{"destination without port", with("auth.example.com:443", "auth.example.com"), "expected HOST:PORT"},
		{"variable with a pattern", with(`"read-headers": ["authorization"]`, `"environment": ["AWS_*"]`), "expected the name of a variable"},
		{"relative socket", with(`"read-headers": ["authorization"]`, `"unix-sockets": ["run/x"]`), "expected an absolute path"},
		{"file with dots", with(`"read-headers": ["authorization"]`, `"files": ["/etc/../root/key"]`), "expected an absolute path"},
		{"header in capitals", with(`["authorization"]`, `["Authorization"]`), "header in lower case"},
		{"text that ends a line", with(`"read-headers": ["authorization"]`, `"commands": ["show\nshutdown"]`), "words of a command"},
		{"escape sequence", with("acme/auth", `\u001b[2J`), `found "\x1b[2J"`},
		{"unknown isolation", with(`"transaction"`, `"none"`), "limits.isolation"},
		{"negative limit", with("16777216", "-1"), "no negative number"},
		{"limit beyond integers", with("16777216", "1e30"), "cannot unmarshal"},
		{"too many", with(`["authorization"]`, `["x"`+strings.Repeat(`,"x"`, maxList)+`]`), "more than 256"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			if _, err := ParseManifest([]byte(tc.document)); err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v, expected %q", err, tc.want)
			}
		})
	}
}

func TestVersion_Compare(t *testing.T) {
	// From section 11 of the specification, and what follows from it.
	ordered := []string{
		"0.9.0", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2", "1.0.0-beta.11",
		"1.0.0-rc.1", "1.0.0", "1.0.1", "1.2.0", "1.10.0", "2.0.0",
	}
	for i, a := range ordered {
		for j, b := range ordered {
			v, errV := ParseVersion(a)
			w, errW := ParseVersion(b)
			if errV != nil || errW != nil {
				t.Fatal(errV, errW)
			}
			want := min(1, max(-1, i-j))
			if got := v.Compare(w); got != want {
				t.Errorf("%s and %s: got %d, expected %d", a, b, got, want)
			}
		}
	}
}

func TestParseVersion_Errors(t *testing.T) {
	for _, text := range []string{"", "1", "1.2", "1.2.3.4", "01.2.3", "1.2.3-", "1.2.3-01", "1.2.3+", " 1.2.3", "1.2.99999999999999999999", "1.2.3-é"} {
		if v, err := ParseVersion(text); err == nil {
			t.Errorf("%q is %s", text, v)
		}
	}
}
