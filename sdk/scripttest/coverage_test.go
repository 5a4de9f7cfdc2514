package scripttest

import (
	"context"
	"os"
	"strings"
	"testing"

	"tidelock/proxy/config"
)

// TestCoverage measures a script with a module, a function that nobody calls, a branch that is not taken, and coroutines.
func TestCoverage(t *testing.T) {
	t.Chdir(t.TempDir())
	for name, text := range map[string]string{
		"word.lua": `local M = {}
function M.first() return "a" end
function M.second()
  return "b"
end
return M
`,
		"script.lua": `local word = require("word")

local function never(x)
  local y = x
  return y
end

core.register_fetches("f", function(txn, what)
  if what == "other" then
    return "other"
  end
  -- a comment
  local co = coroutine.wrap(function()
    coroutine.yield(word.first())
  end)
  for i = 1, 5000 do
    local n = i * 2
  end
  return co()
end)
`,
		"script_test.lua": `script "script.lua"
it("says a", function() expect(exchange{}:fetch("f")):to_be("a") end)
`,
	} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	coverage := &Coverage{}
	scripts := config.DefaultScripts()
	scripts.PrependPaths = []config.PrependPath{{Pattern: "./?.lua", Type: "path"}}
	err := Run(context.Background(), "script_test.lua", Config{CacheFolder: t.TempDir(), Scripts: scripts, Coverage: coverage}, func(r Result) {
		if r.Err != nil {
			t.Error(r.Err)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	var report, lcov strings.Builder
	coverage.Report(&report)
	if want := " 78.6% script.lua (not 4-5, 10)\n 83.3% word.lua (not 4)\n"; report.String() != want {
		t.Errorf("got\n%swant\n%s", &report, want)
	}
	if err := coverage.WriteLCOV(&lcov); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"script.lua\nDA:1,1\nDA:4,0\nDA:5,0\nDA:6,1\n", "LF:14\nLH:11\nend_of_record\n"} {
		if !strings.Contains(lcov.String(), want) {
			t.Errorf("%q is not in\n%s", want, &lcov)
		}
	}
}

func Test_ranges(t *testing.T) {
	for want, numbers := range map[string][]int{"": nil, "4": {4}, "1, 3-5, 9": {1, 3, 4, 5, 9}, "7-8": {7, 8}} {
		if got := ranges(numbers); got != want {
			t.Errorf("ranges(%v) = %q, want %q", numbers, got, want)
		}
	}
}
