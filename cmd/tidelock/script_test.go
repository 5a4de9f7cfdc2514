package main

import (
	"os"
	"strings"
	"testing"
)

func Test_doMain_script(t *testing.T) {
	cache := t.TempDir()
	files := map[string]string{
		"good_test.lua":    `it("passes", function() expect(1):to_be(1) end)`,
		"bad_test.lua":     `it("fails", function() expect(1):to_be(2) end)`,
		"covered_test.lua": `script "covered.lua" it("fetches", function() expect(exchange{}:fetch("f")):to_be("x") end)`,
		"covered.lua":      `core.register_fetches("f", function() return "x" end)`,
		"run.lua":          `print("hello", ...) core.register_task(function() core.msleep(1) print("task") end)`,
	}
	for _, test := range []struct {
		name   string
		args   []string
		input  string
		status int
		want   string
	}{
		{"tests that pass", []string{"test", "good_test.lua"}, "", 0, "ok   passes ("},
		{"tests that fail", []string{"test", "."}, "", 1, "FAIL fails (bad_test.lua:1)\n     bad_test.lua:1: expected 1 to be 2\n"},
		{"selected tests", []string{"test", "--run", "pass"}, "", 0, "1 passed, 0 failed"},
		{"coverage", []string{"test", "--coverage", "covered_test.lua"}, "", 0, "1 passed, 0 failed\n100.0% covered.lua\n"},
		{"coverage in a file", []string{"test", "--lcov", "none/lines", "covered_test.lua"}, "", 1, "open none/lines"},
		{"no tests", []string{"test", "run.lua/.."}, "", 1, "not a directory"},
		{"run", []string{"run", "run.lua", "a", "b"}, "", 0, "hello\ta\tb\ntask\n"},
		{"run what is not there", []string{"run", "nosuch.lua"}, "", 1, "error in Lua file 'nosuch.lua': cannot open nosuch.lua: No such file or directory"},
		{"run a folder", []string{"run", "."}, "", 1, "error in Lua file '.': cannot read .: Is a directory"},
		{"repl", []string{"repl"}, "x = 20\nx +\n1\nerror('no')\n", 0, "> > >> 21\n> Lua runtime error: stdin:1: no\n> \n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			for name, text := range files {
				if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			var out, errs strings.Builder
			root := rootCommand()
			root.SetArgs(append([]string{"script"}, append(test.args, "--cache-folder", cache)...))
			root.SetIn(strings.NewReader(test.input))
			root.SetOut(&out)
			root.SetErr(&errs)
			status := statusOf(root.Execute(), func(err error) { errs.WriteString(err.Error()) })
			if status != test.status || !strings.Contains(out.String()+errs.String(), test.want) {
				t.Errorf("status %d, output %q %q; want %d, %q", status, out.String(), errs.String(), test.status, test.want)
			}
		})
	}
}
