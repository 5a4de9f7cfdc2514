package host

import (
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestImports holds the sandbox apart from the proxy around it, and from what ships scripts.
func TestImports(t *testing.T) {
	ours := []string{"tidelock/abi", "tidelock/guest", "tidelock/guest/prelude", "tidelock/host/meter"}
	for _, pattern := range []string{"*.go", "*/*.go"} {
		names, err := filepath.Glob(pattern)
		if err != nil || len(names) == 0 {
			t.Fatal(names, err)
		}
		for _, name := range names {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
			if err != nil {
				t.Fatal(err)
			}
			for _, spec := range file.Imports {
				imported, _ := strconv.Unquote(spec.Path.Value)
				if strings.HasPrefix(imported, "tidelock/") && !slices.Contains(ours, imported) {
					t.Errorf("%s imports %s", name, imported)
				}
				if strings.Contains(imported, "sigstore") || strings.HasPrefix(imported, "oras.land/") {
					t.Errorf("%s imports %s", name, imported)
				}
			}
		}
	}
}
