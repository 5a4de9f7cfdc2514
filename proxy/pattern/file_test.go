package pattern

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func Test_parseFile(t *testing.T) {
	tests := []struct {
		name, content string
		pairs         bool
		want          []string // key, or key=value, at its line
	}{
		{"empty", "", false, nil},
		{"lines", "a\nb\n", false, []string{"1:a", "2:b"}},
		{"no last line break", "a\nb", false, []string{"1:a", "2:b"}},
		{"carriage returns", "a\r\n\r\nb\r\n", false, []string{"1:a", "3:b"}},
		{"comments", "# c\n #hash\n#\na # b\n", false, []string{"2:#hash", "4:a # b"}},
		{"blanks before", " \t a b \n   \n", false, []string{"1:a b "}},
		{"pairs", "a 1\nb\t 2 3 \t\n", true, []string{"1:a=1", "2:b=2 3"}},
		{"no value", "a\nb  \n", true, []string{"1:a=", "2:b="}},
		{"value with a comment", "a #1\n  #c 2\n", true, []string{"1:a=#1", "2:#c=2"}},
		{"pair without line break", "a 1", true, []string{"1:a=1"}},
		{"pair with carriage return", "a 1\r\n", true, []string{"1:a=1"}},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			entries, _ := parseFile([]byte(tc.content), tc.pairs)
			var got []string
			for _, e := range entries {
				text := string(rune('0'+e.ref)) + ":" + e.key
				if tc.pairs {
					text += "=" + string(e.Value())
				}
				got = append(got, text)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// FuzzParseFile: entries are words of their lines, in order, and what they were made from finds them.
func FuzzParseFile(f *testing.F) {
	f.Add([]byte("a 1\n# c\n\n b\t2 \r\nc"), true)
	f.Add([]byte("/a\n/ab\n/a\n\x00\xff\n"), false)
	f.Fuzz(func(t *testing.T, content []byte, pairs bool) {
		lines := strings.Split(string(content), "\n")
		entries, last := parseFile(bytes.Clone(content), pairs)
		before := uint64(0)
		for _, e := range entries {
			if e.ref <= before || e.ref > last || e.key == "" || !strings.Contains(lines[e.ref-1], e.key) ||
				!strings.Contains(lines[e.ref-1], string(e.Value())) {
				t.Fatalf("entry %d is %q %q", e.ref, e.key, e.Value())
			}
			before = e.ref
		}
		s, err := Str.arrange(entries, false, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			if s.(keyFinder).findKey(e.key) == nil {
				t.Fatalf("%q is not found", e.key)
			}
			s = s.without(e)
		}
		if root := s.(*treeStructure).root; root.first != nil || root.branch != nil {
			t.Fatal("something is left")
		}
		for _, m := range named {
			_, _ = m.arrange(entries, true, nil) // an error or not, but no panic
		}
	})
}
