package luabridge

import (
	"strings"
	"testing"

	"tidelock/guest/lua51"
	"tidelock/proxy/config"
)

func needLua51(t *testing.T) {
	t.Helper()
	switch {
	case len(lua51.Module()) == 0:
		t.Skip("the guest lua51 was not built (make guests)")
	case testing.Short():
		t.Skip("compiling the guest takes longer than all else here")
	}
}

// TestDialects loads a script of each dialect, which share what the data plane gives them and no Lua state.
func TestDialects(t *testing.T) {
	needLua51(t)
	const fetches = `
core.register_fetches("%s", function(txn)
  local before = txn:get_var("txn.seen")
  txn:set_var("txn.seen", _VERSION)
  core.msleep(1)
  return table.concat({_VERSION, txn.sf:method(), txn.http:req_get_headers()["host"][0], tostring(before), tostring(other)}, " ")
end)
other = _VERSION`
	old := writeFile(t, "old.lua", strings.ReplaceAll(fetches, "%s", "old"))
	current := writeFile(t, "current.lua", strings.ReplaceAll(fetches, "%s", "current"))
	b, r := newBridge(t, "", func(c *Config) {
		c.Scripts.Files = []config.ScriptFile{{Path: old, Dialect: "5.1"}, {Path: current}}
	})
	s := newExchange()
	if got, want := fetched(t, b, s, "old"), "str:Lua 5.1 GET 127.0.0.1:18911 nil Lua 5.1"; got != want {
		t.Errorf("got %s, want %s; log: %s", got, want, r.text())
	}
	if got, want := fetched(t, b, s, "current"), "str:Lua 5.4 GET 127.0.0.1:18911 Lua 5.1 Lua 5.4"; got != want {
		t.Errorf("got %s, want %s; log: %s", got, want, r.text())
	}
}

// TestDialects_Errors loads what does not compile in its dialect. The hint comes when it would in the other one.
func TestDialects_Errors(t *testing.T) {
	needLua51(t)
	for _, tt := range []struct{ name, dialect, script, want string }{
		{"5.4 in 5.1", "5.1", "return 7 // 2", "near '/' (it is Lua 5.4, not 5.1: load it with dialect=5.4)"},
		{"5.1 in 5.4", "", `return "\."`, `(it is Lua 5.1, not 5.4: load it with dialect=5.1)`},
		{"neither", "", "return )", "unexpected symbol near ')'"},
		{"neither, in 5.1", "5.1", "return )", "script.lua:1: syntax error near ')'"},
		{"fails when it runs", "", `error("// is not the matter")`, "is not the matter"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, _, err := loadBridge(t, tt.script, func(c *Config) { c.Scripts.Files[0].Dialect = tt.dialect })
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
			if err != nil && strings.Contains(err.Error(), "dialect=") != strings.Contains(tt.want, "dialect=") {
				t.Errorf("the hint of %v is wrong", err)
			}
		})
	}
}
