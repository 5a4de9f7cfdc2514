package config

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tidelock/proxy/config/syntax"
)

var update = flag.Bool("update", false, "rewrite the expectations under testdata")

const separator = "----------\n"

// parseText parses one file of the given name in a fixed environment.
func parseText(name, text string) (*Configuration, *syntax.Diagnostics) {
	diags := &syntax.Diagnostics{}
	environment := syntax.NewEnvironment([]string{"HOME=/root", "LIST=a b", "PORT=8443"})
	condition := syntax.Condition{Environment: environment, Version: "2.6.12", Features: []string{"LUA"}}
	return Parse([]syntax.Source{{Name: name, Text: []byte(text)}}, condition, diags), diags
}

// TestParse_Golden compares each case under testdata/model with the diagnostics and the model that it must yield: input,
// separator, expectation. Run with -update to rewrite the expectations, and read the difference.
func TestParse_Golden(t *testing.T) {
	cases, err := filepath.Glob("testdata/model/*.txt")
	if err != nil || len(cases) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, path := range cases {
		name := strings.TrimSuffix(filepath.Base(path), ".txt")
		t.Run(name, func(t *testing.T) {
			content, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			input, want, _ := strings.Cut(string(content), separator)
			cfg, diags := parseText(name+".cfg", input)
			got := describe(cfg, diags)
			if *update {
				if err := os.WriteFile(path, []byte(input+separator+got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// describe writes diagnostics with their columns, then what differs from an empty configuration.
func describe(cfg *Configuration, diags *syntax.Diagnostics) string {
	var out strings.Builder
	for _, d := range diags.Sorted() {
		fmt.Fprintf(&out, "%s %d:%d [%s] [%s] %s\n", [...]string{"diag", "notice", "warning", "alert"}[d.Severity],
			d.Position.Line, d.Position.Column, d.Section, d.Directive, d.Reason)
	}
	if !diags.Has(syntax.Alert) {
		dump(&out, "global", reflect.ValueOf(cfg.Global), reflect.ValueOf(defaultGlobal()))
		dump(&out, "scripts", reflect.ValueOf(cfg.Scripts), reflect.ValueOf(DefaultScripts()))
		dump(&out, "userlist", reflect.ValueOf(cfg.Userlists), reflect.Value{})
		dump(&out, "http-errors", reflect.ValueOf(cfg.ErrorGroups), reflect.Value{})
		dump(&out, "cache", reflect.ValueOf(cfg.Caches), reflect.Value{})
		dump(&out, "ring", reflect.ValueOf(cfg.Rings), reflect.Value{})
		dump(&out, "resolvers", reflect.ValueOf(cfg.Resolvers), reflect.Value{})
		dump(&out, "mailers", reflect.ValueOf(cfg.Mailers), reflect.Value{})
		for _, p := range cfg.Proxies {
			dump(&out, p.Kind.String()+" "+p.Name, reflect.ValueOf(*p), reflect.ValueOf(Proxy{Settings: builtinSettings()}))
		}
	}
	return out.String()
}

// dump writes one line for each leaf of v that differs from base.
func dump(out *strings.Builder, path string, v, base reflect.Value) {
	if !v.CanInterface() || base.IsValid() && reflect.DeepEqual(v.Interface(), base.Interface()) {
		return
	}
	element := func(v reflect.Value, i int) reflect.Value {
		if !v.IsValid() || i >= v.Len() {
			return reflect.Value{}
		}
		return v.Index(i)
	}
	switch {
	case v.Type() == reflect.TypeFor[syntax.Position]():
		if at := v.Interface().(syntax.Position); at.Line > 0 {
			fmt.Fprintf(out, "%s = %d:%d\n", path, at.Line, at.Column)
		}
	case v.Type() == reflect.TypeFor[[]syntax.Word]():
		fmt.Fprintf(out, "%s = %q\n", path, syntax.Texts(v.Interface().([]syntax.Word)))
	case v.Type().Implements(reflect.TypeFor[fmt.Stringer]()):
		fmt.Fprintf(out, "%s = %v\n", path, v)
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			var field reflect.Value
			if base.IsValid() {
				field = base.Field(i)
			} else {
				field = reflect.Zero(v.Field(i).Type())
			}
			name := path + "." + v.Type().Field(i).Name
			if v.Type().Field(i).Anonymous {
				name = path
			}
			dump(out, name, v.Field(i), field)
		}
	case v.Kind() == reflect.Slice && v.Type().Elem().Kind() != reflect.Uint8 && v.Type().Elem().Kind() != reflect.String:
		for i := range v.Len() {
			dump(out, fmt.Sprintf("%s[%d]", path, i), v.Index(i), element(base, i))
		}
	case v.Kind() == reflect.Pointer:
		dump(out, path, v.Elem(), reflect.Value{})
	default:
		fmt.Fprintf(out, "%s = %q\n", path, fmt.Sprint(v))
	}
}
