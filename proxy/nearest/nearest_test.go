package nearest

import (
	"slices"
	"strings"
	"testing"
)

func TestName(t *testing.T) {
	known := []string{"timeout", "set-path", "set-pate", "maxconn", "mode", "deny"}
	tests := []struct{ name, word, want string }{
		{"missing letter", "maxcon", "maxconn"},
		{"extra letter", "modee", "mode"},
		{"replaced letter", "tineout", "timeout"},
		{"swapped letters", "mdoe", "mode"},
		{"short", "dney", "deny"},
		{"the first of two", "set-patt", "set-pate"},
		{"too far", "frobnicate", ""},
		{"empty", "", ""},
		{"too long", strings.Repeat("x", longest+1), ""},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			if got := Name(tc.word, slices.Values(known)); got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

func TestUnknown(t *testing.T) {
	tests := []struct{ name, word, want string }{
		{"near", "lowr", "unknown converter 'lowr'; did you mean 'lower' maybe ?"},
		{"not near", "xyz", "unknown converter 'xyz'"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			if got := Unknown("converter", tc.word, map[string]int{"lower": 0}).Error(); got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}
