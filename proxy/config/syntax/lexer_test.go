package syntax

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// testLookup is the environment of the lexer's tests: EMPTY is set to nothing, UNSET is not set.
func testLookup(name string) (string, bool) {
	value, set := map[string]string{"A": "va", "LIST": " a b  c", "EMPTY": "", ".LINE": "7"}[name]
	return value, set
}

// The expected words are what HAProxy 2.6.12 makes of the lines, seen through .alert, but for defaults of variables,
// where 2.6.12 refuses what the manual documents in some lines and accepts it in others.
func Test_lex(t *testing.T) {
	tests := []struct {
		name, line string
		want       []string
	}{
		{"empty", " \t ", nil},
		{"words", " mode\thttp  # comment", []string{"mode", "http"}},
		{"comment without space", "daemon#daemonize", []string{"daemon"}},
		{"weak quotes", `"a b" "#" "'"`, []string{"a b", "#", "'"}},
		{"strong quotes", `'a "b" \n $A'`, []string{`a "b" \n $A`}},
		{"quotes inside a word", `'a"b'"c'd"e\ f`, []string{`a"bc'de f`}},
		{"empty words", `'' ""`, []string{"", ""}},
		{"escapes", `a\tb\nc\rd\x41\"\'\\\#\ `, []string{"a\tb\nc\rdA\"'\\# "}},
		{"escapes in weak quotes", `"a\tb\x41\"\'\\\#\$"`, []string{"a\tbA\"'\\#$"}},
		{"unknown escapes stay", `foo\d "foo\d" \$x \e`, []string{`foo\d`, `foo\d`, `\$x`, `\e`}},
		{"backslash at the end", `abc\`, []string{`abc\`}},
		{"tab is no escape", "a\\\tb", []string{`a\`, "b"}},
		{"variables only in weak quotes", `$A '$A' "$A"`, []string{"$A", "$A", "va"}},
		{"end of a name", `"$A.x" "$A-x" "${A}x"`, []string{"va.x", "va-x", "vax"}},
		{"unset and empty", `"a${UNSET}b" "$EMPTY"`, []string{"ab", ""}},
		{"default", `"${UNSET-127.0.0.1}:514" "${EMPTY-x}" "${A-x}"`, []string{"127.0.0.1:514", "", "va"}},
		{"list as one word", `"<${LIST}>"`, []string{"< a b  c>"}},
		{"list as words", `"<${LIST[*]}>"`, []string{"<a", "b", "c>"}},
		{"empty list", `"${EMPTY[*]}"`, []string{""}},
		{"pseudo-variable", `"$.LINE" "${.LINE}"`, []string{"7", "7"}},
		{"carriage return", "mode http\r", []string{"mode", "http"}},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			words, err := lex(tc.line, Position{}, testLookup, intoWords)
			if err != nil {
				t.Fatalf("unexpected error: %+v", *err)
			}
			var got []string
			for _, w := range words {
				got = append(got, w.Text)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func Test_lex_Columns(t *testing.T) {
	words, err := lex(`  mode "h"ttp "${LIST[*]}" x`, Position{File: "f", Line: 3}, testLookup, intoWords)
	if err != nil {
		t.Fatal(*err)
	}
	var columns []int
	for _, w := range words {
		columns = append(columns, w.At.Column)
	}
	if diff := cmp.Diff([]int{3, 8, 15, 16, 16, 28}, columns); diff != "" {
		t.Error(diff)
	}
}

func Test_lex_Errors(t *testing.T) {
	tests := []struct {
		name, line, reason string
		offset             int
	}{
		{"weak quote", `  bind "abc`, "unmatched quote", 7},
		{"strong quote", `  bind 'abc`, "unmatched quote", 7},
		{"escaped quote", `.alert "a\"`, "unmatched quote", 7},
		{"hexadecimal", ` bind \x4`, "truncated or invalid hexadecimal sequence", 6},
		{"hexadecimal zero", `"\x00b"`, "truncated or invalid hexadecimal sequence", 1},
		{"open brace", ` bind "${A"`, "unmatched brace in environment variable name", 8},
		{"space in braces", `"${A x}"`, "unmatched brace in environment variable name", 2},
		{"no name", ` bind "$"`, "forbidden first char in environment variable name", 8},
		{"digit", `"${1}"`, "forbidden first char in environment variable name", 3},
		{"unknown pseudo-variable", `"$.NOPE"`, "forbidden first char in environment variable name", 2},
		{"word expansion", `.alert "${A[0]}"`, "truncated or invalid word expansion sequence", 11},
		{"words", strings.Repeat("a ", 65), "too many words, limit: 64", 128},
		{"length", strings.Repeat("a", maxLine+1), "line too long, limit: 65536", maxLine},
		{"NUL", "a\x00", "forbidden NUL character", 1},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			words, err := lex(tc.line, Position{}, testLookup, intoWords)
			if err == nil {
				t.Fatalf("no error, but %v", words)
			}
			if err.reason != tc.reason || err.offset != tc.offset {
				t.Errorf("got %q at %d, want %q at %d", err.reason, err.offset, tc.reason, tc.offset)
			}
		})
	}
}

// FuzzLexer checks that no line makes the lexer panic, loop, or place a word outside of it.
func FuzzLexer(f *testing.F) {
	for _, line := range []string{
		` bind "${A-x}:80" # c`, `a'b"c'"d$A" \x41\ `, `"${LIST[*]}" ''`, `"${`, `\`, `"$.LINE"`, "\x00", `"${LIST[*]-x}y"`,
	} {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		for _, cut := range []cutting{intoWords, oneWord, wholeText} {
			words, err := lex(line, Position{File: "f", Line: 1}, testLookup, cut)
			if err != nil && (err.offset < 0 || err.offset > len(line)) {
				t.Fatalf("error at %d of a line of %d", err.offset, len(line))
			}
			for _, w := range words {
				if w.At.Column < 1 || w.At.Column > len(line) {
					t.Fatalf("word %q in column %d of a line of %d", w.Text, w.At.Column, len(line))
				}
			}
		}
	})
}
