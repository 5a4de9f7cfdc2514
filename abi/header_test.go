package abi

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"regexp"
	"strings"
	"testing"
)

// headerTypes are the Go types whose constants the header has, with the prefix that they have in Go.
var headerTypes = []struct{ name, goPrefix, prefix string }{
	{"Type", "", "ABI_TYPE_"},
	{"Operation", "Op", "ABI_OP_"},
	{"Status", "Status", "ABI_STATUS_"},
	{"Outcome", "", "ABI_OUTCOME_"},
	{"Interrupt", "Interrupt", "ABI_INTERRUPT_"},
}

var innerCapital = regexp.MustCompile(`([a-z])([A-Z])`)

// TestHeader reads this package's source, so that a constant that is added there and forgotten in the header fails.
func TestHeader(t *testing.T) {
	defined := make(map[string]string)
	for line := range strings.Lines(Header()) {
		if fields := strings.Fields(line); len(fields) == 3 && fields[0] == "#define" {
			if _, twice := defined[fields[1]]; twice {
				t.Errorf("%s is defined twice", fields[1])
			}
			defined[fields[1]] = fields[2]
		}
	}
	constants := sourceConstants(t)
	for _, headerType := range headerTypes {
		names := constants[headerType.name]
		if len(names) == 0 {
			t.Errorf("found no constants of type %s", headerType.name)
		}
		for value, name := range names {
			name = strings.TrimPrefix(name, headerType.goPrefix)
			define := headerType.prefix + strings.ToUpper(innerCapital.ReplaceAllString(name, "${1}_$2"))
			if got := defined[define]; got != fmt.Sprint(value) {
				t.Errorf("%s is %q, want %d", define, got, value)
			}
			delete(defined, define)
		}
	}
	for define, want := range map[string]any{
		"ABI_VERSION": VersionMajor<<16 | VersionMinor, "ABI_IMPORT_MODULE": `"` + ImportModule + `"`,
		"ABI_FIRST_FUNCTION": uint32(FirstFunction), "ABI_MAX_DEPTH": MaxDepth, "ABI_INBOX_SIZE": InboxSize,
		"ABI_MAX_EXCHANGE": MaxExchange,
	} {
		if got := defined[define]; got != fmt.Sprint(want) {
			t.Errorf("%s is %q, want %v", define, got, want)
		}
		delete(defined, define)
	}
	if len(defined) > 0 {
		t.Errorf("not in the Go source: %v", defined)
	}
}

// sourceConstants lists the constants of each type that count from zero, in their order.
func sourceConstants(t *testing.T) map[string][]string {
	t.Helper()
	constants := make(map[string][]string)
	for _, path := range []string{"abi.go", "value.go"} {
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, declaration := range file.Decls {
			group, ok := declaration.(*ast.GenDecl)
			if !ok || group.Tok != token.CONST {
				continue
			}
			typeName := ""
			for _, spec := range group.Specs {
				spec := spec.(*ast.ValueSpec)
				if len(spec.Values) > 0 {
					typeName = ""
					iota, ok := spec.Values[0].(*ast.Ident)
					if name, typed := spec.Type.(*ast.Ident); typed && ok && iota.Name == "iota" {
						typeName = name.Name
					}
				}
				if typeName != "" {
					constants[typeName] = append(constants[typeName], spec.Names[0].Name)
				}
			}
		}
	}
	return constants
}
