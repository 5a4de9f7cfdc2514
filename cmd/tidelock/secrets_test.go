package main

import (
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestReadSecrets(t *testing.T) {
	folder := layout(t, map[string]string{
		"token": "hush-hush\n", "two-lines": "one\ntwo\n", ".hidden": "hidden", "name with blanks": "none",
	})
	if err := os.Mkdir(filepath.Join(folder, "..2026"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "..2026", "key"), []byte("mounted"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("..2026/key", filepath.Join(folder, "key")); err != nil {
		t.Fatal(err)
	}
	got, err := readSecrets(folder)
	want := map[string]string{"token": "hush-hush", "two-lines": "one\ntwo", "key": "mounted"}
	if err != nil || !maps.Equal(got, want) {
		t.Errorf("got %q, %v; want %q", got, err, want)
	}
	if got, err := readSecrets(""); got != nil || err != nil {
		t.Errorf("without a folder: %q, %v", got, err)
	}
}

func TestReadSecrets_Errors(t *testing.T) {
	for _, tc := range []struct{ name, content, want string }{
		{"empty", "", "less than 4 bytes"},
		{"short", "abc\n", "less than 4 bytes"},
		{"large", strings.Repeat("x", maxSecret+1), "more than 65536 bytes"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			folder := layout(t, map[string]string{"token": tc.content})
			if _, err := readSecrets(folder); err == nil || !strings.Contains(err.Error(), tc.want) || !strings.Contains(err.Error(), "/token'") {
				t.Errorf("got %v, want %q", err, tc.want)
			}
		})
	}
}
