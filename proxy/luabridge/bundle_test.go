package luabridge

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"tidelock/guest"
	"tidelock/proxy/capability"
	"tidelock/proxy/config"
	"tidelock/proxy/stream"
)

// testBundle makes a bundle of files, name after content, that declares what lines like "fetch name" say.
func testBundle(version, declared string, files ...string) *Bundle {
	u := &Bundle{
		Label: "acme/test", Version: version, Digest: "sha256:" + version, Dialect: guest.Default(), Entry: "main.lua",
		Files: map[string][]byte{}, Grant: &capability.Set{},
	}
	for i := 0; i < len(files); i += 2 {
		u.Files[files[i]] = []byte(files[i+1])
	}
	for line := range strings.SplitSeq(declared, ",") {
		kind, name, _ := strings.Cut(strings.TrimSpace(line), " ")
		u.Registrations = append(u.Registrations, Declared{kind, name})
	}
	return u
}

// loadBundles makes a bridge of bundles by their names in the configuration.
func loadBundles(t *testing.T, script string, bundles map[string]*Bundle, names ...string) (*Bridge, *record, error) {
	t.Helper()
	return loadBridge(t, script, func(c *Config) {
		for _, name := range names {
			c.Scripts.Bundles = append(c.Scripts.Bundles, config.ScriptBundle{Name: name, Arguments: []string{"a=1", "b"}})
		}
		c.OpenBundle = func(_ context.Context, line config.ScriptBundle) (*Bundle, error) {
			if u := bundles[line.Name]; u != nil {
				return u, nil
			}
			return nil, errors.New("not trusted")
		}
	})
}

func begin(t *testing.T, b *Bridge, err error) *Bridge {
	t.Helper()
	if err == nil {
		err = errors.Join(b.Init(context.Background()), b.Start())
	}
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestBundle finds modules, data and arguments inside of a bundle, and nothing outside.
func TestBundle(t *testing.T) {
	outside := writeFile(t, "outside.txt", "outside")
	b, r, err := loadBundles(t, "", map[string]*Bundle{"auth": testBundle("1.0.0", "fetch all", "main.lua", `
local greeting, deep = require("greeting"), require("lib.deep")
local one, two = ...
local data = assert(io.open("data.txt")):read("a")
local map = Map.new("words.map", Map._str)
local _, written = io.open("data.txt", "w")
local _, missing = io.open("none.txt")
local ok, denied = pcall(io.open, "`+outside+`")
core.register_fetches("all", function()
  return table.concat({greeting, deep.name, one, two, data, map:lookup("key"), written, missing, tostring(ok), denied}, "|")
end)`,
		"greeting.lua", `return "hello"`, "lib/deep/init.lua", `return {name = "deep"}`, "data.txt", "data", "words.map", "key value\n")}, "auth")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"all", "auth.all"} {
		fetch, err := b.BindFetch(name, nil)
		if err != nil {
			t.Fatal(err)
		}
		defer func() {
			got := string(fetch(newExchange()).Data)
			if want := "hello|deep|a=1|b|data|value|data.txt: Read-only file system|none.txt: No such file or directory|false|"; !strings.HasPrefix(got, want) ||
				!strings.Contains(got, "files") {
				t.Errorf("got %s, want %s and the capability; log: %s", got, want, r.text())
			}
		}()
	}
	begin(t, b, nil)
}

// TestBundle_errors has messages that name the bundle, the file and the line.
func TestBundle_Errors(t *testing.T) {
	for _, test := range []struct {
		name   string
		bundle *Bundle
		want   string
	}{
		{"not trusted", nil, "bundle 'x': not trusted"},
		{"syntax", testBundle("1.0.0", "task", "main.lua", "local"), "bundle 'x': acme/test 1.0.0: error in Lua file 'x/main.lua': x/main.lua:1:"},
		{"undeclared", testBundle("1.0.0", "fetch a", "main.lua", "core.register_fetches('b', function() end)"),
			"bundle 'x': acme/test 1.0.0: x/main.lua:1 registers fetch 'b', which the manifest does not list"},
		{"undeclared task", testBundle("1.0.0", "fetch a", "main.lua", "core.register_task(function() end)"),
			"registers a task, which the manifest does not list"},
		{"module", testBundle("1.0.0", "fetch a", "main.lua", "require('socket.core')"), "module 'socket.core' not found"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, _, err := loadBundles(t, "", map[string]*Bundle{"x": test.bundle}, "x")
			var failed *config.ScriptError
			if !errors.As(err, &failed) || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
}

// TestBundle_names finds functions by the bundle's name always, and without it when there is only one.
func TestBundle_names(t *testing.T) {
	script := func(text string) string {
		return fmt.Sprintf(`for _, name in ipairs{"same", "mine", %[1]q} do core.register_fetches(name, function() return %[1]q end) end`, text)
	}
	b, _, err := loadBundles(t, `core.register_fetches("mine", function() return "operator" end)`, map[string]*Bundle{
		"one": testBundle("1.0.0", "fetch same,fetch mine,fetch one", "main.lua", script("one")),
		"two": testBundle("1.0.0", "fetch same,fetch mine,fetch two", "main.lua", script("two")),
	}, "one", "two")
	if err != nil {
		t.Fatal(err)
	}
	_, err = b.BindFetch("same", nil)
	if want := "'lua.same' is in several bundles: write 'lua.one.same' or 'lua.two.same'"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	if _, err = b.BindFetch("three.same", nil); err == nil {
		t.Error("found lua.three.same")
	}
	wants := map[string]string{"one.same": "one", "two.same": "two", "one": "one", "mine": "operator", "two.mine": "two"}
	fetches := bindAll(t, b, wants)
	begin(t, b, nil)
	for name, want := range wants {
		if got := fetches[name](); got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
}

func bindAll(t *testing.T, b *Bridge, names map[string]string) map[string]func() string {
	t.Helper()
	all := map[string]func() string{}
	for name := range names {
		fetch, err := b.BindFetch(name, nil)
		if err != nil {
			t.Fatal(err)
		}
		all[name] = func() string { return string(fetch(newExchange()).Data) }
	}
	return all
}

// versioned is a bundle whose functions say its version. Those that wait go on when the test says so.
func versioned(version, also string) *Bundle {
	return testBundle(version, "fetch version,fetch slow,action act,service serve,task", "main.lua", strings.ReplaceAll(`
core.register_fetches("version", function() return "VERSION" end)
core.register_fetches("slow", function() while not core.shared.get("go") do core.msleep(1) end return "VERSION" end)
core.register_action("act", {"http-req"}, function(txn, x) txn:set_var("txn.version", "VERSION" .. x) end, 1)
core.register_service("serve", "http", function() end)
core.register_task(function()
  core.shared.incr("tasks")
  while true do core.msleep(1) core.shared.set("task", "VERSION") end
end)
`, "VERSION", version)+also)
}

// TestRoll changes all that is bound at once, while an execution of the last generation goes on.
func TestRoll(t *testing.T) {
	first, second := versioned("1.0.0", ""), versioned("2.0.0", "")
	for _, u := range []*Bundle{first, second} {
		u.Grant.Shared = []string{""}
	}
	b, r, err := loadBundles(t, `core.register_fetches("go", function() core.shared.set("go", true) return core.shared.get("task") end)`,
		map[string]*Bundle{"x": first}, "x")
	if err != nil {
		t.Fatal(err)
	}
	fetches := bindAll(t, b, map[string]string{"version": "", "slow": "", "go": ""})
	action, err := b.BindAction(stream.HTTPRequest, "act", []string{"!"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.BindService(stream.ModeHTTP, "serve"); err != nil {
		t.Fatal(err)
	}
	begin(t, b, nil)
	var slow sync.WaitGroup
	slow.Go(func() {
		if got := fetches["slow"](); got != "1.0.0" {
			t.Errorf("the execution under way: %s; log %s", got, r.text())
		}
	})
	for b.Bundles()[0].Executions == 0 {
		time.Sleep(time.Millisecond)
	}
	old := b.bundles[0].current
	if err := b.Roll(context.Background(), "x", second); err != nil {
		t.Fatal(err)
	}
	if got := fetches["version"](); got != "2.0.0" {
		t.Errorf("after the roll: %s", got)
	}
	action(newExchange())
	select {
	case <-old.idle:
		t.Error("the last generation is closed while it is used")
	default:
	}
	fetches["go"]()
	slow.Wait()
	<-old.idle
	b.retired.Wait()
	for deadline := time.Now().Add(10 * time.Second); fetches["go"]() != "2.0.0"; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("the task of the new generation does not run; log %s", r.text())
		}
	}
	state := b.Bundles()[0]
	if state.Bundle != second || state.Previous != first || state.Executions != 2 || state.Errors != 0 {
		t.Errorf("state %+v; log %s", state, r.text())
	}
}

// TestRoll_Errors leaves everything as it was.
func TestRoll_Errors(t *testing.T) {
	first := testBundle("1.0.0", "fetch version,action act", "main.lua", `
core.register_fetches("version", function() return "1.0.0" end)
core.register_action("act", {"http-req"}, function() end, 1)`)
	b, r, err := loadBundles(t, "", map[string]*Bundle{"x": first}, "x")
	if err != nil {
		t.Fatal(err)
	}
	fetches := bindAll(t, b, map[string]string{"version": ""})
	if _, err := b.BindAction(stream.HTTPRequest, "act", []string{"!"}); err != nil {
		t.Fatal(err)
	}
	begin(t, b, nil)
	const version = `core.register_fetches("version", function() return "2.0.0" end) `
	for _, test := range []struct{ name, script, want string }{
		{"does not load", "error('no')", "main.lua:1: no"},
		{"misses a function", version, "it has no action 'act', which the configuration uses"},
		{"other arguments", version + `core.register_action("act", {"http-req"}, function() end)`, "action 'lua.act' expects 0 arguments, but got 1"},
		{"init fails", version + `core.register_action("act", {"http-req"}, function() end, 1) core.register_init(function() error("late") end)`, "late"},
	} {
		t.Run(test.name, func(t *testing.T) {
			err := b.Roll(context.Background(), "x", testBundle("2.0.0", "fetch version,action act", "main.lua", test.script))
			if err == nil || !strings.Contains(err.Error(), test.want) || !strings.HasPrefix(err.Error(), "acme/test 2.0.0: ") {
				t.Errorf("got %v, want %s", err, test.want)
			}
			if got := fetches["version"](); got != "1.0.0" {
				t.Errorf("serves %s; log %s", got, r.text())
			}
		})
	}
	if err := b.Roll(context.Background(), "y", first); !errors.Is(err, ErrUnknownBundle) {
		t.Errorf("got %v", err)
	}
}

// TestRoll_concurrent loses no execution while one generation follows another.
func TestRoll_concurrent(t *testing.T) {
	numbered := func(version string) *Bundle {
		return testBundle(version, "fetch version", "main.lua", `core.register_fetches("version", function() return "`+version+`" end)`)
	}
	b, r, err := loadBundles(t, "", map[string]*Bundle{"x": numbered("1.0.0")}, "x")
	if err != nil {
		t.Fatal(err)
	}
	version := bindAll(t, b, map[string]string{"version": ""})["version"]
	begin(t, b, nil)
	ctx, end := context.WithCancel(context.Background())
	var clients sync.WaitGroup
	for range 4 {
		clients.Go(func() {
			for last := ""; ctx.Err() == nil; {
				got := version()
				if got < last {
					t.Errorf("%q after %q", got, last)
					return
				}
				last = got
			}
		})
	}
	for i := 2; i < 8; i++ {
		if err := b.Roll(context.Background(), "x", numbered(fmt.Sprint(i, ".0.0"))); err != nil {
			t.Error(err)
		}
	}
	end()
	clients.Wait()
	if r.text() != "" {
		t.Errorf("log: %s", r.text())
	}
}

// TestBundle_limits binds a bundle by its own limits.
func TestBundle_limits(t *testing.T) {
	u := testBundle("1.0.0", "fetch loop,fetch fill", "main.lua", `
core.register_fetches("loop", function() while true do end end)
core.register_fetches("fill", function() return #string.rep("x", 4 << 20) end)`)
	u.Fuel, u.Memory = 100_000, 2<<20
	b, r, err := loadBundles(t, "", map[string]*Bundle{"x": u}, "x")
	if err != nil {
		t.Fatal(err)
	}
	fetches := bindAll(t, b, map[string]string{"loop": "", "fill": ""})
	begin(t, b, nil)
	for name, want := range map[string]string{"loop": "out of fuel", "fill": "out of memory"} {
		fetches[name]()
		if !strings.Contains(r.text(), want) {
			t.Errorf("%s: log %s", name, r.text())
		}
	}
	if got := b.Bundles()[0]; got.Errors != 2 || got.Executions != 2 {
		t.Errorf("%d of %d executions failed, want 2 of 2", got.Errors, got.Executions)
	}
}
