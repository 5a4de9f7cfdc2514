package syntax

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// read returns the sections of texts as "header: keyword, keyword" and what is said of them.
func read(t *testing.T, texts ...string) (sections, said []string) {
	t.Helper()
	var sources []Source
	for i, text := range texts {
		sources = append(sources, Source{Name: string(rune('a' + i)), Text: []byte(text)})
	}
	diags := &Diagnostics{}
	reader := Reader{Condition: Condition{Environment: NewEnvironment(nil), Version: "2.6.12"}}
	for _, section := range reader.Read(sources, diags) {
		var keywords []string
		for _, s := range section.Statements {
			keywords = append(keywords, strings.TrimSpace(s.Negation+" "+s.Keyword()))
		}
		sections = append(sections, section.String()+": "+strings.Join(keywords, ", "))
	}
	for _, d := range diags.Sorted() {
		said = append(said, d.Error())
	}
	return sections, said
}

func TestReader_Read(t *testing.T) {
	tests := []struct {
		name           string
		texts          []string
		sections, said []string
	}{
		{"sections", []string{"global\n a\n b c\nfrontend x\n d\n"}, []string{"global: a, b", "frontend x: d"}, nil},
		{"negation", []string{"frontend x\n no option a\n default option b\n"}, []string{"frontend x: no option, default option"}, nil},
		{"negation of what cannot be", []string{"frontend x\n no mode http\n"}, []string{"frontend x: "}, []string{
			"config : parsing [a:2]: negation/default currently supported only for options, log, busy-polling, set-dumpable, " +
				"strict-limits, insecure-fork-wanted and numa-cpu-mapping.",
		}},
		{"a section ends with its file", []string{"global\n a\n", "b\nglobal\n"}, []string{"global: a", "global: "},
			[]string{"config : parsing [b:1]: unknown keyword 'b' out of section."}},
		{"no line feed at the end", []string{"global\n a"}, []string{"global: a"},
			[]string{"config : parsing [a:2]: Missing LF on last line, file might have been truncated at position 3."}},
		{"carriage returns", []string{"global\r\n a\r\n"}, []string{"global: a"}, nil},
		{"branches", []string{"global\n.if 0\n a\n.elif 1\n b\n.elif 1\n c\n.else\n d\n.endif\n e\n"}, []string{"global: b, e"}, nil},
		{"nested branches", []string{"global\n.if 0\n.if 1\n a\n.else\n b\n.endif\n.else\n c\n.endif\n"}, []string{"global: c"}, nil},
		{"what is skipped is not looked at", []string{"global\n.if 0\n \"a\n.foo\n.alert x\n.endif\n"}, []string{"global: "}, nil},
		{"environment", []string{"global\n setenv A 1\n.if streq(\"$A\",1)\n a\n.endif\n unsetenv A\n.if defined(A)\n b\n.endif\n"},
			[]string{"global: a"}, nil},
		{"resetenv", []string{"global\n setenv A 1\n setenv B 1\n resetenv B\n.if !defined(A) && defined(B)\n a\n.endif\n"}, []string{"global: a"}, nil},
		{"arrow below an error", []string{"global\n  a \"b\n"}, []string{"global: "},
			[]string{"config : parsing [a:2]: unmatched quote at position 5:\n  a \"b\n    ^"}},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			sections, said := read(t, tc.texts...)
			if diff := cmp.Diff(tc.sections, sections); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(tc.said, said); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestLoad(t *testing.T) {
	folder := t.TempDir()
	for _, name := range []string{"b.cfg", "a.cfg", ".hidden.cfg", "c.txt"} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var diags Diagnostics
	var got []string
	for _, source := range Load([]string{filepath.Join(folder, "c.txt"), folder, "nosuch"}, &diags) {
		got = append(got, string(source.Text))
	}
	if diff := cmp.Diff([]string{"c.txt", "a.cfg", "b.cfg"}, got); diff != "" {
		t.Error(diff)
	}
	var printed bytes.Buffer
	diags.Print(&printed, Notice)
	if !strings.HasSuffix(printed.String(), "config : Cannot open configuration file/directory nosuch : No such file or directory\n") {
		t.Error(printed.String())
	}
}
