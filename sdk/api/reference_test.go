package api

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// reference is the description of the API that Debian's package haproxy-doc installs.
const reference = "/usr/share/doc/haproxy/lua/_sources/index.rst.txt"

// TestReference finds what the reference describes and the table does not have.
func TestReference(t *testing.T) {
	text, err := os.ReadFile(reference)
	if err != nil {
		t.Skip("haproxy-doc is not installed: ", err)
	}
	known := map[string]bool{}
	for _, c := range Classes() {
		known[strings.ToLower(c.Name)] = true
		for _, m := range c.Members {
			p, err := Parse(m.Signature)
			if err != nil {
				t.Fatal(err)
			}
			known[strings.ToLower(c.Name+"."+p.Name)] = true
		}
	}
	rows := regexp.MustCompile(`(?m)^\.\. js:(?:class|attribute|function):: (\w+(?:[.:]\w+)?)`).FindAllSubmatch(text, -1)
	if len(rows) < 250 {
		t.Errorf("only %d rows are found in %s", len(rows), reference)
	}
	for _, row := range rows {
		name := strings.Replace(string(row[1]), ":", ".", 1)
		if !known[strings.ToLower(name)] {
			t.Errorf("%s is described by the reference, and not in the table", name)
		}
	}
}
