package sample

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestRegistry_HAProxy compares the rows with the lists that `haproxy -dKsmp` and `haproxy -dKcnv` print: names, types,
// numbers of arguments, and the phases in which a fetch works.
func TestRegistry_HAProxy(t *testing.T) {
	for _, line := range keywords(t, "testdata/fetches.haproxy") {
		phases, signature, _ := strings.Cut(line, " ] ")
		row := signatureOf(t, signature)
		f := FetchNamed(row.name)
		if f == nil {
			t.Logf("fetch %s is missing", signature)
			continue
		}
		if got := matrix(f.Phases()); got != phases[2:] {
			t.Errorf("fetch %s works in\n%s, want\n%s", f.Name, got, phases[2:])
		}
		row.compare(t, "fetch", f.Parameters, outputName(f.Output))
	}
	for _, line := range keywords(t, "testdata/converters.haproxy") {
		row := signatureOf(t, line)
		k := ConverterNamed(row.name)
		if k == nil {
			t.Logf("converter %s is missing", line)
			continue
		}
		// HAProxy's list has the input behind the arrow.
		output, _, _ := strings.Cut(row.output, " ")
		row.output = output
		row.compare(t, "converter", k.Parameters, outputName(k.Output))
	}
}

// keywords returns the lines of a list that are no comments.
func keywords(t *testing.T, file string) (lines []string) {
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			lines = append(lines, line)
		}
	}
	return lines
}

// signature is what HAProxy's list says of a row.
type signature struct {
	name               string
	required, optional int
	output             string
}

var signatureText = regexp.MustCompile(`^([^:(]+)(?:\(([^\[)]*)(?:\[(.*)\])?\))?: (.*)$`)

func signatureOf(t *testing.T, text string) signature {
	m := signatureText.FindStringSubmatch(text)
	if m == nil {
		t.Fatalf("no signature: %s", text)
	}
	return signature{m[1], arguments(m[2]), arguments(m[3]), m[4]}
}

func arguments(list string) int {
	if list == "" {
		return 0
	}
	return strings.Count(strings.Trim(list, ","), ",") + 1
}

func (s signature) compare(t *testing.T, what string, p Parameters, output string) {
	if slices.Contains(otherSignature, s.name) {
		return
	}
	if s.output != output && (s.output != "addr" || output != "ipv4") {
		t.Errorf("%s %s yields %s, want %s", what, s.name, output, s.output)
	}
	if p.Required != s.required || len(p.Types) != s.required+s.optional {
		t.Errorf("%s %s takes %d to %d arguments, want %d to %d", what, s.name, p.Required, len(p.Types), s.required, s.required+s.optional)
	}
}

// outputName is HAProxy's name of a type. It takes addresses for IPv4 ones where both may come.
func outputName(k interface{ String() string }) string {
	if name := k.String(); name != "addr" {
		return name
	}
	return "ipv4"
}

// matrix writes phases as HAProxy's list has them.
func matrix(p Phase) string {
	marks := make([]string, len(phaseNames))
	for i := range marks {
		marks[i] = "."
		if p&(1<<i) != 0 {
			marks[i] = "Y"
		}
	}
	return strings.Join(marks, " ")
}

// otherSignature are the rows that are declared differently: here addresses are of one type.
var otherSignature = []string{"ipv6"}
