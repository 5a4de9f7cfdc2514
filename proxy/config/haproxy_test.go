package config

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tidelock/proxy/config/syntax"
)

// TestParse_HAProxyErrors compares what is said of each testdata/errors/NAME.cfg with what HAProxy 2.6.12 said
// (NAME.haproxy, written by capture.sh). NAME.difference lists what differs on purpose, HAProxy's lines with "-" and ours
// with "+"; testdata/errors/README says why.
func TestParse_HAProxyErrors(t *testing.T) {
	cases, err := filepath.Glob("testdata/errors/*.cfg")
	if err != nil || len(cases) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, path := range cases {
		base := strings.TrimSuffix(path, ".cfg")
		t.Run(filepath.Base(base), func(t *testing.T) {
			input, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			captured, err := os.ReadFile(base + ".haproxy")
			if err != nil {
				t.Fatal(err)
			}
			_, diags := parseText(filepath.Base(path), string(input))
			var printed bytes.Buffer
			diags.Print(&printed, syntax.Warning)
			got := difference(messages(string(captured)), messages(printed.String()))
			if *update {
				if err := os.WriteFile(base+".difference", []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			want, _ := os.ReadFile(base + ".difference")
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

var (
	process  = regexp.MustCompile(`\([0-9A-Z]+\) : `)
	position = regexp.MustCompile(`config : ([Pp]arsing )?\[([^\]]*)\] ?: (parsing \[[^\]]*\] : )?`)
)

// messages returns the messages of a run in one form: HAProxy's own forms of a position differ from keyword to keyword.
func messages(output string) []string {
	var list []string
	for _, line := range strings.Split(strings.TrimRight(output, "\n"), "\n") {
		if !strings.HasPrefix(line, "[") {
			if len(list) > 0 && line != "" {
				list[len(list)-1] += "\n" + line
			}
			continue
		}
		line = process.ReplaceAllString(line, "")
		list = append(list, position.ReplaceAllString(line, "$2: "))
	}
	return list
}

func difference(haproxy, ours []string) string {
	var out strings.Builder
	for _, line := range haproxy {
		if !slices.Contains(ours, line) {
			out.WriteString("- " + line + "\n")
		}
	}
	for _, line := range ours {
		if !slices.Contains(haproxy, line) {
			out.WriteString("+ " + line + "\n")
		}
	}
	return out.String()
}
