package luabridge

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tidelock/proxy/config"
	"tidelock/proxy/stream"
)

// differences from HAProxy that are intended, by case and name of the report: what Tidelock reports, and why.
var differences = map[string]map[string]string{
	"http": {
		"method": "true PUT", // HAProxy's fetch keeps showing the method that was received
	},
}

// TestHAProxy runs the cases of testdata/haproxy and compares what they report with what HAProxy 2.6.12 reported
// (testdata/haproxy/capture.sh).
func TestHAProxy(t *testing.T) {
	folder, err := filepath.Abs("testdata/haproxy")
	if err != nil {
		t.Fatal(err)
	}
	golden, err := filepath.Glob(filepath.Join(folder, "*.haproxy"))
	if err != nil || len(golden) == 0 {
		t.Fatal("no cases", err)
	}
	for _, file := range golden {
		name := strings.TrimSuffix(filepath.Base(file), ".haproxy")
		t.Run(name, func(t *testing.T) {
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			b, r := newBridge(t, "", func(c *Config) {
				t.Chdir(folder) // so that messages name the file as HAProxy's do
				c.Scripts.Files = []config.ScriptFile{{Path: "report.lua"}, {Path: name + ".lua"}}
			})
			s := newExchange()
			if v := acted(t, b, s, stream.HTTPRequest, "case"); v != stream.Reply {
				t.Fatalf("verdict %v, want %v; log:\n%s", v, stream.Reply, r.text())
			}
			compareReports(t, string(s.Response.Body()), string(want), differences[name])
		})
	}
}

func compareReports(t *testing.T, got, want string, differences map[string]string) {
	t.Helper()
	gotLines, wantLines := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i, w := range wantLines {
		name, _, _ := strings.Cut(w, ":")
		if d, ok := differences[name]; ok {
			w = name + ": " + d
		}
		if i >= len(gotLines) || gotLines[i] != w {
			g := "nothing"
			if i < len(gotLines) {
				g = gotLines[i]
			}
			t.Errorf("line %d:\n got %s\nwant %s", i+1, g, w)
		}
	}
}
