package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	common "go.opentelemetry.io/proto/otlp/common/v1"
)

// conventions are the types of the attributes that OpenTelemetry's semantic conventions define, by their names: read from
// the documentation of the package that spans are made with.
func conventions(t *testing.T) map[string]string {
	folder, err := exec.Command("go", "list", "-f", "{{.Dir}}", "go.opentelemetry.io/otel/semconv/v1.43.0").Output()
	if err != nil {
		t.Fatal(err)
	}
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(strings.TrimSpace(string(folder)), "attribute_group.go"), nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	typed := regexp.MustCompile(`(?m)^Type: (\S+)`)
	types := map[string]string{}
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || len(spec.Values) != 1 {
			return true
		}
		call, ok := spec.Values[0].(*ast.CallExpr)
		if !ok || len(call.Args) != 1 {
			return true
		}
		name, ok := call.Args[0].(*ast.BasicLit)
		kind := typed.FindStringSubmatch(spec.Doc.Text())
		if ok && kind != nil {
			text, _ := strconv.Unquote(name.Value)
			types[text] = kind[1]
		}
		return true
	})
	if len(types) < 500 {
		t.Fatalf("read %d attributes", len(types))
	}
	return types
}

// typeOf is an attribute's type in the words of conventions.
func typeOf(v *common.AnyValue) string {
	switch v.Value.(type) {
	case *common.AnyValue_StringValue:
		return "string"
	case *common.AnyValue_IntValue:
		return "int"
	case *common.AnyValue_DoubleValue:
		return "double"
	case *common.AnyValue_BoolValue:
		return "boolean"
	case *common.AnyValue_ArrayValue:
		return "string[]"
	}
	return "?"
}

// documented are the types of our own attributes, and the instruments and units of metrics, as docs/telemetry.md has them.
func documented(t *testing.T) (attributes map[string]string, instruments map[string]string) {
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "telemetry.md"))
	if err != nil {
		t.Fatal(err)
	}
	attributes, instruments = map[string]string{}, map[string]string{}
	names := regexp.MustCompile("`([a-z_.]+)`")
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(line, " | ")
		if !strings.HasPrefix(line, "| `tidelock.") && !strings.HasPrefix(line, "| `http.") {
			continue
		}
		if len(cells) == 4 {
			name := names.FindStringSubmatch(cells[0])[1]
			instruments[name] = cells[1] + " " + strings.Trim(cells[2], "`")
			continue
		}
		types := strings.Split(cells[1], ", ")
		for i, name := range names.FindAllStringSubmatch(cells[0], -1) {
			attributes[name[1]] = types[min(i, len(types)-1)]
		}
	}
	return attributes, instruments
}

// TestConventions_documented finds each of our own attributes that the code has in the documentation, and no others.
func TestConventions_documented(t *testing.T) {
	own, _ := documented(t)
	key := regexp.MustCompile(`attribute\.(?:Key|String|Bool|Int)\("(tidelock\.[a-z_.]+)"`)
	seen := map[string]bool{}
	err := filepath.WalkDir(filepath.Join("..", ".."), func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		for _, found := range key.FindAllStringSubmatch(string(text), -1) {
			seen[found[1]] = true
			if own[found[1]] == "" {
				t.Errorf("%s: %s is not documented", path, found[1])
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for name := range own {
		if !seen[name] {
			t.Errorf("%s is documented, and nobody sets it", name)
		}
	}
}
