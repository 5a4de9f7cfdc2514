package regex

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestRegexp_Find(t *testing.T) {
	tests := []struct {
		name, pattern string
		fold          bool
		text          string
		want          []int
	}{
		{"plain", `b+`, false, "abbc", []int{1, 3}},
		{"groups", `(a)|(b)`, false, "b", []int{0, 1, -1, -1, 0, 1}},
		{"no match", `x`, false, "abc", nil},
		{"case", `B`, true, "abc", []int{1, 2}},
		{"one byte for a dot", `^(.)(.)$`, false, "\xc3\xa9", []int{0, 2, 0, 1, 1, 2}},
		{"a byte by its number", `\xe9`, false, "a\xe9", []int{1, 2}},
		{"a byte as it is", "\xe9+", false, "\xe9\xe9b", []int{0, 2}},
		{"no byte in a class", "[\xe9]", false, "\xc3\xa9", nil},
		{"end before a line feed", `b$`, false, "ab\n", []int{1, 2}},
		{"end and a line feed", `[^x]*$`, false, "ab\n", []int{0, 3}},
		{"vertical tab is space", `a\sb`, false, "a\vb", []int{0, 3}},
		{"space in a class", `[\s,]b`, false, "a\vb", []int{1, 3}},
		{"others in a class", `[\S]`, false, "\v\t\xffb", []int{2, 3}},
		{"horizontal space", `\h+\H`, false, "\v\t \xa0b", []int{1, 5}},
		{"escape", `\e`, false, "a\x1b", []int{1, 2}},
		{"quoted", `\Qa.[\E.`, false, "aa.[x", []int{1, 5}},
		{"quoted to the end", `\Q.*`, false, "a.*", []int{1, 3}},
		{"bracket first in a class", `[]a]+`, false, "xa]", []int{1, 3}},
		{"bracket first in a negated class", `[^]a]+`, false, "a]x[", []int{2, 4}},
		{"posix class", `[[:digit:]x]+`, false, "a1x", []int{1, 3}},
		{"look ahead", `a(?=b)`, false, "aab", []int{1, 2}},
		{"look behind", `(?<=a)b`, false, "bab", []int{2, 3}},
		{"look behind a byte", `(?<=\xe9)b`, false, "b\xe9b", []int{2, 3}},
		{"back-reference", `(.)\1`, false, "abccd", []int{2, 4, 2, 3}},
		{"back-reference and case", `(a)b\1`, true, "xABA", []int{1, 4, 1, 2}},
		{"a group that is not part of a match", `(?!c)(a)?b(x)?`, false, "b", []int{0, 1, -1, -1, -1, -1}},
		{"named and numbered groups in order", `(a)(?<n>b)(c)(?=d)`, false, "abcd", []int{0, 3, 0, 1, 1, 2, 2, 3}},
		{"words are ASCII", `(?!x)\w+`, false, "\xe9a", []int{1, 2}},
		{"no line feed", `\N+`, false, "\nab", []int{1, 3}},
		{"line ends", `\R`, false, "a\r\nb", []int{1, 3}},
		{"many repetitions", `a{1001}`, false, strings.Repeat("a", 1001), []int{0, 1001}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r, err := Compile(test.pattern, test.fold)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, r.Find([]byte(test.text))); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
			if got := r.Match([]byte(test.text)); got != (test.want != nil) {
				t.Errorf("Match = %t", got)
			}
		})
	}
}

func TestRegexp_FindRest(t *testing.T) {
	for _, pattern := range []string{`^a|b`, `^a|b(?!x)`} {
		r, err := Compile(pattern, false)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]int{1, 2}, r.FindRest([]byte("ab"))); diff != "" {
			t.Errorf("%s: -want +got\n%s", pattern, diff)
		}
	}
}

func TestCompile_Errors(t *testing.T) {
	tests := []struct{ name, pattern, want string }{
		{"parenthesis", `(`, "regex '(' is invalid (error="},
		{"bracket", `a[`, "regex 'a[' is invalid (error="},
		{"a letter that PCRE does not escape", `\y`, `regex '\y' is invalid (error=unsupported escape \y)`},
		{"an escape that no engine has", `a\Kb`, `regex 'a\Kb' is invalid (error=unsupported escape \K)`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := Compile(test.pattern, false)
			if err == nil || !strings.HasPrefix(err.Error(), test.want) {
				t.Errorf("Compile = %v, want %s", err, test.want)
			}
		})
	}
}

// A pattern that doubles its work with each byte ends all the same, with no match.
func TestRegexp_Match_timeout(t *testing.T) {
	r, err := Compile(`^(?:(a+)+\1)+$`, false)
	if err != nil {
		t.Fatal(err)
	}
	// Without the timeout this would not end while the test's process lives.
	if r.Match([]byte(strings.Repeat("a", 60) + "!")) {
		t.Error("it matches")
	}
}

func TestRegexp_Match_allocations(t *testing.T) {
	r, err := Compile(`^/(?:img|css)/.*\.(?:png|css)$`, true)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"/img/some/path/a.png", "/img/\xe9.png", "/img/a.png\n"} {
		b := []byte(text)
		if n := testing.AllocsPerRun(100, func() { r.Match(b) }); n > 0 {
			t.Errorf("%q: %v allocations", text, n)
		}
	}
}

func FuzzCompile(f *testing.F) {
	for _, seed := range []string{`^/a(b|c)*$`, `[^\s\]]\Q..\E`, `(?<=a)b(?!c)\1`, "[\xff-\xfe", `\`, `[[:alpha:]`} {
		f.Add(seed, "some/text\n")
	}
	f.Fuzz(func(t *testing.T, pattern, text string) {
		if len(pattern) > 200 {
			t.Skip("an engine may take long to compile it")
		}
		r, err := Compile(pattern, false)
		if err != nil {
			return
		}
		match := r.Find([]byte(text))
		for i := 0; i < len(match); i += 2 {
			if from, to := match[i], match[i+1]; from > to || to > len(text) || from < 0 && (from != to || i == 0) {
				t.Fatalf("%v is no match in %d bytes", match, len(text))
			}
		}
	})
}
