package luabridge

import (
	"testing"

	"tidelock/proxy/value"
)

// TestResults compares what fetches' results become with HAProxy 2.6.12 ("" in its log-format: no sample).
func TestResults(t *testing.T) {
	for _, test := range []struct{ name, body, want string }{
		{"integer", "return 42", "sint:42"},
		{"whole float", "return 42.0", "sint:42"},
		{"float", "return 42.7", "sint:0"},
		{"huge", "return 1e30", "sint:0"},
		{"not a number", "return 0/0", "sint:0"},
		{"true", "return true", "bool:1"},
		{"false", "return false", "bool:0"},
		{"string", `return "a\0b"`, "str:a\x00b"},
		{"nil", "return nil", "bool:0"},
		{"nothing", "", "any:"},
		{"table", "return {}", "bool:0"},
		{"cyclic table", "local t = {} t.t = t return t", "bool:0"},
		{"function", "return print", "bool:0"},
		{"coroutine", "return coroutine.create(print)", "bool:0"},
		{"object", "return txn", "bool:0"},
		{"two", `return "first", "second"`, "str:second"},
		{"core.done", `core.done("done") return "x"`, "str:done"},
		{"core.done in pcall", `pcall(core.done, "done") return "x"`, "str:done"},
		{"txn.done", `txn:done() return "x"`, "bool:0"},
		{"sleep", `core.msleep(1) return "slept"`, "str:slept"}, // HAProxy: "yield not allowed"
	} {
		t.Run(test.name, func(t *testing.T) {
			b, r := newBridge(t, `core.register_fetches("f", function(txn) `+test.body+` end)`, nil)
			if got := fetched(t, b, newExchange(), "f"); got != test.want {
				t.Errorf("got %q, want %q; log: %s", got, test.want, r.text())
			}
			if r.text() != "" {
				t.Errorf("logged %s", r.text())
			}
		})
	}
}

// TestConverter compares what converters get and give with HAProxy 2.6.12.
func TestConverter(t *testing.T) {
	b, _ := newBridge(t, `
core.register_converters("show", function(...)
  local texts = {...}
  for i, text in ipairs(texts) do texts[i] = type(text) .. ":" .. text end
  return table.concat(texts, ",")
end)
core.register_converters("none", function() return nil end)
core.register_converters("count", function(text) return #text end)`, nil)
	for _, test := range []struct {
		name      string
		converter string
		arguments []string
		input     value.Value
		want      string
	}{
		{"string", "show", []string{"a", "1"}, value.Text([]byte("127.0.0.1")), "str:string:127.0.0.1,string:a,string:1"},
		{"integer", "show", nil, value.Int(5), "str:string:5"},
		{"boolean", "show", nil, value.Bool(true), "str:string:1"},
		{"nil", "none", nil, value.Int(5), "bool:0"},
		{"number", "count", nil, value.Bytes([]byte("abc")), "sint:3"},
	} {
		t.Run(test.name, func(t *testing.T) {
			convert, err := b.BindConverter(test.converter, test.arguments)
			if err != nil {
				t.Fatal(err)
			}
			v := convert(newExchange(), test.input)
			if got := v.Kind.String() + ":" + string(v.AppendText(nil)); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}
