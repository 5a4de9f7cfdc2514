package scripttest

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"tidelock/proxy/config"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestRun runs a test file that uses everything that tests can.
func TestRun(t *testing.T) {
	files, err := Find([]string{"testdata"})
	if err != nil || len(files) != 1 {
		t.Fatalf("Find() = %v, %v", files, err)
	}
	count := 0
	err = Run(context.Background(), files[0], Config{CacheFolder: t.TempDir(), Scripts: config.DefaultScripts()}, func(r Result) {
		count++
		if r.Err != nil {
			t.Errorf("%s (line %d): %v\n%s", r.Title, r.Line, r.Err, strings.Join(r.Logs, "\n"))
		}
	})
	if err != nil {
		t.Error(err)
	}
	if count != 9 {
		t.Errorf("%d tests ran, want 9", count)
	}
}

func TestRun_Errors(t *testing.T) {
	cache := t.TempDir()
	for _, test := range []struct{ name, text, want string }{
		{"expectation", `it("x", function() expect(1):to_be(2) end)`, "x: case_test.lua:1: expected 1 to be 2"},
		{"in a suite", `describe("a", function() describe("b", function() it("c", function() error("no") end) end) end)`, "a > b > c: case_test.lua:1: no"},
		{"no script", `it("x", function() exchange{}:action("a") end)`, "x: case_test.lua:1: no script is loaded"},
		{"script missing", `script("nosuch.lua")`, "script 'nosuch.lua'"},
		{"syntax", `it(`, "unexpected symbol near <eof>"},
		{"loop", `it("x", function() while true do end end)`, "x: case_test.lua:1: execution timeout"},
		{"unknown field", `it("x", function() exchange{pth = "/"} end)`, "unknown field 'pth'"},
		{"no request", `it("x", function() exchange{path = "a\nb"} end)`, "is no request line"},
		{"hook outside", `before_each(function() end)`, "before_each stands inside of describe"},
		{"upstream is gone", `local u = upstream{} it("x", function() u:requests() end)`, "x: case_test.lua:1:"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			if err := os.WriteFile("case_test.lua", []byte(test.text), 0o600); err != nil {
				t.Fatal(err)
			}
			var told []string
			scripts := config.DefaultScripts()
			scripts.SessionTimeout = 100 * time.Millisecond
			err := Run(context.Background(), "case_test.lua", Config{CacheFolder: cache, Scripts: scripts}, func(r Result) {
				if r.Err != nil {
					told = append(told, r.Title+": "+strings.TrimPrefix(reason(r.Err), " "))
				}
			})
			if err != nil {
				told = append(told, err.Error())
			}
			if got := strings.Join(told, "\n"); !strings.Contains(got, test.want) {
				t.Errorf("got %q, want %q in it", got, test.want)
			}
		})
	}
}

// reason is what a script's error says, without where it happened to run.
func reason(err error) string {
	text := err.Error()
	if _, rest, found := strings.Cut(text, "runtime error: "); found {
		return rest
	}
	if _, rest, found := strings.Cut(text, "execution timeout: "); found {
		return rest
	}
	return text
}

func TestFind_Errors(t *testing.T) {
	if _, err := Find([]string{filepath.Join(t.TempDir(), "nosuch")}); err == nil {
		t.Error("Find() of what is not there gives no error")
	}
}
