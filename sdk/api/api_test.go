package api

import (
	"bytes"
	"io"
	"os"
	"reflect"
	"testing"
)

func TestParse(t *testing.T) {
	tests := []struct {
		signature string
		want      Parsed
	}{
		{".name: string", Parsed{Kind: Attribute, Name: "name", Type: "string"}},
		{".now() -> {sec: integer, usec: integer}", Parsed{Kind: Function, Name: "now", Results: []string{"{sec: integer, usec: integer}"}}},
		{":set(a: string, b?: integer) -> string?, string", Parsed{Kind: Method, Name: "set",
			Arguments: []Argument{{"a", "string", false}, {"b", "integer", true}}, Results: []string{"string?", "string"}}},
		{".call(f: fun(a: table<string, integer>): integer?, ...: any)", Parsed{Kind: Function, Name: "call",
			Arguments: []Argument{{"f", "fun(a: table<string, integer>): integer?", false}, {"...", "any", false}}}},
	}
	for _, tt := range tests {
		t.Run(tt.signature, func(t *testing.T) {
			got, err := Parse(tt.signature)
			if err != nil || !reflect.DeepEqual(got, tt.want) {
				t.Errorf("got %+v, %v", got, err)
			}
		})
	}
}

func TestParse_Errors(t *testing.T) {
	for _, signature := range []string{"name: string", ".name", ":name: string", ".f(a)", ".f(a: string", ".f() string"} {
		if p, err := Parse(signature); err == nil {
			t.Errorf("%q is taken for %+v", signature, p)
		}
	}
}

// TestClasses checks the table itself: signatures that can be read, names that stand once, a summary and a context each.
func TestClasses(t *testing.T) {
	classes := map[string]bool{}
	for _, c := range Classes() {
		if classes[c.Name] || c.Summary == "" {
			t.Errorf("class %s stands there twice, or says nothing", c.Name)
		}
		classes[c.Name] = true
		members := map[string]bool{}
		for _, m := range c.Members {
			p, err := Parse(m.Signature)
			if err != nil || members[p.Name] || m.Summary == "" || m.In == 0 {
				t.Errorf("%s%s: stands there twice, or says too little: %v", c.Name, m.Signature, err)
			}
			members[p.Name] = true
		}
	}
}

// TestGenerated finds files that were made of an older table.
func TestGenerated(t *testing.T) {
	for file, write := range map[string]func(io.Writer) error{"../lua/haproxy.lua": Annotations, "../../docs/lua-api.md": Page} {
		var want bytes.Buffer
		if err := write(&want); err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(file)
		if err != nil || !bytes.Equal(got, want.Bytes()) {
			t.Errorf("%s is not what the table says (%v): run go generate ./sdk/api", file, err)
		}
	}
}
