package syntax

import (
	"os"
	"strings"
	"testing"
)

// TestCondition_Evaluate_HAProxy compares with what haproxy -cc says (testdata/capture.sh).
func TestCondition_Evaluate_HAProxy(t *testing.T) {
	c := Condition{Environment: NewEnvironment([]string{"A=a b"}), Version: "2.6.12", Features: []string{"LUA"}}
	captured, err := os.ReadFile("testdata/conditions.haproxy")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(captured)) {
		status, rest, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		text, message, _ := strings.Cut(rest, "\t")
		t.Run(text, func(t *testing.T) {
			truth, err := c.Evaluate(text)
			got, said := "1", ""
			switch {
			case err != nil:
				got, said = "2", err.Error()
			case truth:
				got = "0"
			}
			if got != status || said != message {
				t.Errorf("got %s, %s; want %s, %s", got, said, status, message)
			}
		})
	}
}

// The truths and offsets are those of HAProxy 2.6.12 (haproxy -cc, and .if in a file).
func TestCondition_Evaluate(t *testing.T) {
	c := Condition{Environment: NewEnvironment([]string{"HOME=/root"}), Version: "2.6.12", Features: []string{"LUA"}}
	tests := []struct {
		text string
		want bool
	}{
		{"", false}, {"0", false}, {"1", true}, {"-1", true}, {"00", false}, {" 1", true},
		{"!1", false}, {"!!0", false}, {"!!1", true}, {"!(1)", false}, {"!  1", false},
		{"1 && 0 || 1", true}, {"1||0&&0", true}, {"( 1 )", true}, {"(0||1)&&(0||1)", true}, {"1&&1", true},
		{"defined(HOME)", true}, {"defined(NOPE)", false}, {"defined( HOME)", false}, {"defined", false}, {`defined("HOME")`, true},
		{"feature(LUA)", true}, {"feature(NOPE)", false},
		{"streq(a,a)", true}, {"streq(a, a)", false}, {`streq("a b",a\ b)`, true}, {"streq(,)", true}, {"streq('a','a')", true},
		{`strneq(a,"b")`, true},
		{"version_atleast(2.6.12)", true}, {"version_atleast(2.6.13)", false}, {"version_atleast(2.7-dev1)", false},
		{"version_atleast(2.6-dev3)", true}, {"version_atleast(2)", true}, {"version_atleast()", true},
		{"version_before(2.7)", true}, {"version_before(2.6)", false},
	}
	for _, tc := range tests {
		t.Run(tc.text, func(t *testing.T) {
			if got, err := c.Evaluate(tc.text); err != nil || got != tc.want {
				t.Errorf("got %v, %v; want %v", got, err, tc.want)
			}
		})
	}
}

func TestCondition_Evaluate_Errors(t *testing.T) {
	c := Condition{Environment: NewEnvironment(nil), Version: "2.6.12"}
	tests := []struct {
		text, reason string
		offset       int
	}{
		{"foo", "unparsable conditional expression 'foo'", 0},
		{"nosuch(X)", "unparsable conditional expression 'nosuch(X)'", 0},
		{"!", "unparsable conditional expression '!'", 0},
		{"1 || foo", "unparsable conditional expression 'foo'", 5},
		{"1 2", "unexpected character '2' at the end of conditional expression '1 2'", 2},
		{"0x", "unexpected character 'x' at the end of conditional expression '0x'", 1},
		{"defined (HOME)", "unexpected character '(' at the end of conditional expression 'defined (HOME)'", 8},
		{"(1", "expected ')' after conditional expression '(1'", 0},
		{"defined(X", "expected ')' in argument 1 of predicate 'defined' used in conditional expression", 9},
		{"defined(a,b)", "expected ')' before ',b)' in argument 1 of predicate 'defined' used in conditional expression", 9},
		{"streq(a)", "missing arguments (got 1/2), type 'string' expected in argument 1 of predicate 'streq' used in conditional expression", 7},
	}
	for _, tc := range tests {
		t.Run(tc.text, func(t *testing.T) {
			truth, err := c.evaluate(tc.text)
			if err == nil {
				t.Fatalf("no error, but %v", truth)
			}
			if err.reason != tc.reason || err.offset != tc.offset {
				t.Errorf("got %q at %d, want %q at %d", err.reason, err.offset, tc.reason, tc.offset)
			}
		})
	}
}
