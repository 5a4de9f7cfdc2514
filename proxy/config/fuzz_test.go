package config

import (
	"os"
	"path/filepath"
	"testing"

	"tidelock/proxy/config/syntax"
)

// FuzzParse checks that no text makes the parser panic, and that what it complains of lies in the text.
func FuzzParse(f *testing.F) {
	for _, pattern := range []string{"testdata/model/*.txt", "testdata/errors/*.cfg"} {
		cases, err := filepath.Glob(pattern)
		if err != nil {
			f.Fatal(err)
		}
		for _, path := range cases {
			text, err := os.ReadFile(path)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(string(text))
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		_, diags := parseText("fuzz.cfg", text)
		for _, d := range diags.Sorted() {
			if d.Position.File == "fuzz.cfg" && d.Position.Line < 1 || d.Position.Line > len(text)+1 || d.Severity > syntax.Alert {
				t.Fatalf("%+v", d)
			}
		}
	})
}
