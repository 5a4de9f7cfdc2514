package config

import (
	"slices"
	"strings"
	"testing"
)

// TestDialect reads the argument of lua-load that names a dialect, and leaves all others to the script.
func TestDialect(t *testing.T) {
	for _, tt := range []struct {
		name, line, dialect string
		arguments           []string
	}{
		{"none", "lua-load s.lua", "", nil},
		{"5.1", "lua-load s.lua dialect=5.1", "5.1", nil},
		{"5.4 with arguments", "lua-load-per-thread s.lua dialect=5.4 a b", "5.4", []string{"a", "b"}},
		{"an argument of the script's", "lua-load s.lua a dialect=5.1", "", []string{"a", "dialect=5.1"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			cfg, diags := parseText("test.cfg", "global\n "+tt.line+"\n")
			if len(cfg.Scripts.Files) != 1 {
				t.Fatalf("%d files: %v", len(cfg.Scripts.Files), diags)
			}
			f := cfg.Scripts.Files[0]
			if f.Dialect != tt.dialect || !slices.Equal(f.Arguments, tt.arguments) {
				t.Errorf("got dialect %q, arguments %q", f.Dialect, f.Arguments)
			}
		})
	}
}

func TestDialect_Errors(t *testing.T) {
	_, diags := parseText("test.cfg", "global\n lua-load s.lua dialect=5.3\n")
	const want = "'lua-load': dialect expects '5.4' or '5.1', but got '5.3'"
	for _, d := range diags.Sorted() {
		if strings.Contains(d.Reason, want) {
			return
		}
	}
	t.Errorf("got %v, want %q", diags.Sorted(), want)
}
