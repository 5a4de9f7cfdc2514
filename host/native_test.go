package host

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tidelock/guest/lua51"
	"tidelock/guest/lua54"
)

// compileNative compiles a native module from C to folder/name.wasm, with the kit that authors use.
func compileNative(tb testing.TB, source, folder, name string) {
	tb.Helper()
	clang, err := exec.LookPath("clang-19")
	if err != nil {
		tb.Skip("no clang-19")
	}
	command := exec.Command(clang, "--target=wasm32-wasi", "-O2", "-mexec-model=reactor", "-Wl,--strip-all", "-I../sdk/native/c",
		"-Wall", "-Wextra", "-Werror", "-Wno-error=infinite-recursion", "-o", filepath.Join(folder, name+".wasm"), source)
	if output, err := command.CombinedOutput(); err != nil {
		tb.Fatalf("%v: %s", err, output)
	}
}

// newNativeImage loads a script into a guest whose package.cpath is a folder.
func newNativeImage(tb testing.TB, e *Engine, folder, script string, configure func(*ImageConfig)) (*Image, *world, error) {
	tb.Helper()
	image, w := newOpenImage(tb, e, func(c *ImageConfig) {
		c.Prelude, c.Isolation = standardPrelude(), IsolateScripts
		c.Library = Standard(StandardConfig{Files: FileConfig{Roots: []FileRoot{{folder, false}}, WorkingFolder: folder}})
		c.Limits = map[string]Limits{"action": {Time: 50 * time.Millisecond}}
		if configure != nil {
			configure(c)
		}
	})
	return image, w, image.Load(context.Background(), Chunk{"@script.lua", script})
}

const concatScript = `
	local concat = require("concat")
	print(concat.join({"a", "bc", "", "d"}), concat.join({}))
	print(pcall(concat.join, 1))
	print(pcall(concat.join, {a = "b"}))
	print(pcall(concat.join))
	print(concat.add("one"), concat.add(" two"))
	print(pcall(concat.add, {}))
	action("dump", function() return concat.dump() end)
	action("join", function(piece, count)
		local list = {}
		for i = 1, count do list[i] = piece end
		local text = concat.join(list)
		return #text, text == piece:rep(count)
	end)`

const concatOutput = "abcd\t\n" +
	"false\tscript.lua:4: join: bad argument #1 (table expected)\n" +
	"false\tscript.lua:5: join: bad argument #1 (integer expected)\n" +
	"false\tscript.lua:6: join: bad argument #1 (table expected)\n" +
	"3\t7\n" +
	"false\tscript.lua:8: add: bad argument #1 (string expected)"

// TestNative_Concat runs the example of the kit for C in both dialects.
func TestNative_Concat(t *testing.T) {
	folder := t.TempDir()
	compileNative(t, "../sdk/native/c/concat.c", folder, "concat")
	for _, guest := range []struct {
		name   string
		module []byte
		engine func(testing.TB, EngineConfig) *Engine
	}{{"5.4", lua54.Module, newTestEngine}, {"5.1", lua51.Module(), newLua51Engine}} {
		t.Run(guest.name, func(t *testing.T) {
			if guest.name == "5.1" && testing.Short() {
				t.Skip("interpreted, it takes its time")
			}
			image, w, err := newNativeImage(t, guest.engine(t, EngineConfig{}), folder, concatScript, func(c *ImageConfig) {
				c.Guest, c.Limits = guest.module, nil
			})
			if err == nil {
				err = image.Seal(context.Background())
			}
			if err != nil {
				t.Fatal(err)
			}
			if got := w.output(); got != concatOutput {
				t.Errorf("got\n%s\nwant\n%s", got, concatOutput)
			}
			for _, tt := range []struct {
				name      string
				arguments []any
				want      string
			}{
				{"dump", nil, "one two"}, // what it kept is part of the image
				{"dump", nil, ""},
				{"join", []any{"0123456789", 1000}, "10000 true"},
				{"join", []any{strings.Repeat("x", 1000), 1000}, "1000000 true"}, // larger than every buffer was
			} {
				if got, err := run(context.Background(), image, tt.name, tt.arguments...); err != nil || got != tt.want {
					t.Errorf("%s%v: got %q, %v, want %q", tt.name, tt.arguments, got, err, tt.want)
				}
			}
		})
	}
}

// TestNative_Go runs the example of the kit for Go.
func TestNative_Go(t *testing.T) {
	if testing.Short() {
		t.Skip("Go's runtime takes its time to compile")
	}
	folder := t.TempDir()
	compileNativeGo(t, folder)
	image, _, err := newNativeImage(t, newTestEngine(t, EngineConfig{}), folder, `
		local concat = require("concat")
		concat.add("one")
		action("dump", function() return concat.add(" two"), concat.dump() end)
		action("join", function() return concat.join({"a", "bc", "d"}) end)
		action("wrong", function() return select(2, pcall(concat.join, {"a", [3] = "c"})) end)
		action("mistyped", function() return select(2, pcall(concat.add, {})) end)`, nil)
	if err == nil {
		err = image.Seal(context.Background())
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ name, want string }{
		{"dump", "7 one two"},
		{"join", "abcd"},
		{"wrong", "script.lua:6: join: list of strings expected"},
		{"mistyped", "script.lua:7: add: bad argument #1 (string expected, got table)"},
	} {
		if got, err := run(context.Background(), image, tt.name); err != nil || got != tt.want {
			t.Errorf("%s: got %q, %v, want %q", tt.name, got, err, tt.want)
		}
	}
}

// TestNative_Hostile calls functions that do everything wrong. Each is an error in Lua, and the next call works.
func TestNative_Hostile(t *testing.T) {
	folder := t.TempDir()
	compileNative(t, "testdata/native/hostile.c", folder, "hostile")
	e := newTestEngine(t, EngineConfig{InstanceMemory: 16 << 20})
	image, _, err := newNativeImage(t, e, folder, `
		local hostile = require("hostile")
		for name, f in pairs(hostile) do
			action(name, function(...) return f(...) end)
			action("protected " .. name, function(...) return select(2, pcall(f, ...)) end)
		end
		action("twice", function() pcall(hostile.loop) for i = 1, 1e9 do end end)
		action("late", function() return pcall(require, "late") end)`, func(c *ImageConfig) {
		c.Limits = map[string]Limits{"action": {Time: 200 * time.Millisecond}}
	})
	if err == nil {
		err = image.Seal(context.Background())
	}
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name      string
		arguments []any
		want      string
		kind      error // instead
	}{
		{name: "protected trap", want: "trap: wasm error: unreachable"},
		{name: "protected recurse", want: "recurse: wasm error: "},
		{name: "protected outside", want: "outside: wasm error: out of bounds memory access"},
		{name: "protected grow", want: "grow: no more"},
		{name: "protected malformed", want: "malformed: malformed value"},
		{name: "protected beyond", want: ""}, // it gets what stands in its buffer
		{name: "protected outcome", want: "outcome: "},
		{name: "protected large", arguments: []any{64 << 20}, want: "large: not enough memory"},
		{name: "protected forged", want: "userdata 1"},
		{name: "large", arguments: []any{100_000}, want: "xxx"},
		{name: "copy", arguments: []any{7, "text"}, want: "7 text"},
		{name: "loop", kind: ErrTimeout},
		{name: "protected loop", kind: ErrTimeout},
		{name: "twice", kind: ErrTimeout},
		{name: "late", want: "false"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := run(context.Background(), image, tt.name, tt.arguments...)
			switch {
			case tt.kind != nil:
				if !errors.Is(err, tt.kind) {
					t.Errorf("got %q, %v, want %v", got, err, tt.kind)
				}
			case err != nil || !strings.Contains(got, tt.want):
				t.Errorf("got %.200q, %v, want %q in it", got, err, tt.want)
			}
			if again, err := run(context.Background(), image, "count"); err != nil || again == "" {
				t.Errorf("afterwards: %q, %v", again, err)
			}
		})
	}
	// A module that has broken its own exchange loses every call until one traps, and it starts again.
	for range 2 {
		run(context.Background(), image, "protected nowhere") //nolint:errcheck // one of them fails
	}
	if again, err := run(context.Background(), image, "count"); err != nil || again == "" {
		t.Errorf("after a broken exchange: %q, %v", again, err)
	}
	if _, err := run(cancelled(), image, "loop"); !errors.Is(err, ErrCancelled) {
		t.Errorf("of a client that has gone: %v", err)
	}
}

func cancelled() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}

// TestNative_Fuel checks that what a module does is on the bill of the execution that calls it.
func TestNative_Fuel(t *testing.T) {
	folder := t.TempDir()
	compileNative(t, "../sdk/native/c/concat.c", folder, "concat")
	image, _, err := newNativeImage(t, newTestEngine(t, EngineConfig{}), folder, `
		local concat, list = require("concat"), {}
		for i = 1, 20000 do list[i] = "" end
		action("join", function() return concat.join(list) end)`, func(c *ImageConfig) { c.Limits = nil })
	if err == nil {
		err = image.Seal(context.Background())
	}
	if err != nil {
		t.Fatal(err)
	}
	x := image.Registration("action", "join").Begin(context.Background(), nil)
	defer x.End()
	if err := x.Run(); err != nil {
		t.Fatal(err)
	}
	// Three loops over the list in the module; encoding it in the guest is one.
	if x.Fuel() < 4*20_000 || x.ProcessorTime() <= 0 {
		t.Errorf("%d ticks in %v", x.Fuel(), x.ProcessorTime())
	}
}

// TestNative_Isolation counts in a module's memory: it lives as long as the instance of the script.
func TestNative_Isolation(t *testing.T) {
	folder := t.TempDir()
	compileNative(t, "testdata/native/hostile.c", folder, "hostile")
	for _, tt := range []struct {
		isolation Isolation
		want      string
	}{
		{IsolateScripts, "2 3 4"},
		{IsolateRegistrations, "2 3 2"},
		{IsolateTransactions, "2 2 2"},
	} {
		t.Run(string(tt.isolation), func(t *testing.T) {
			image, _, err := newNativeImage(t, newTestEngine(t, EngineConfig{}), folder, `
				local hostile = require("hostile")
				hostile.count()
				action("first", function() return hostile.count() end)
				action("second", function() return hostile.count() end)`, func(c *ImageConfig) {
				c.Isolation, c.Processors = tt.isolation, 1
			})
			if err == nil {
				err = image.Seal(context.Background())
			}
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, name := range []string{"first", "first", "second"} {
				result, err := run(context.Background(), image, name)
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, result)
			}
			if strings.Join(got, " ") != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// TestNative_Errors requires modules that cannot be loaded.
func TestNative_Errors(t *testing.T) {
	const head = `#define E(n) __attribute__((export_name(n)))
		static unsigned box[4096], descriptor[4];
	`
	const version, allocate = `E("version") int v(void) { return 1 << 16; } `, `E("allocate") void *a(int n) { (void)n;
		descriptor[0] = (unsigned)box, descriptor[1] = 8192, descriptor[2] = (unsigned)box + 8192, descriptor[3] = 8192; return descriptor; } `
	const functions, invoke = `E("functions") long long f(void) { return 0; } `, `E("invoke") long long i(int n, int l) { return n + l; } `
	tests := []struct{ name, source, want string }{
		{"not WebAssembly", "", "it is not a WebAssembly module"},
		{"nothing exported", `int unused;`, `exports no function "version"`},
		{"another type", head + `E("version") long long v(void) { return 0; }` + allocate + functions + invoke, `export "version" has another type`},
		{"another version", head + `E("version") int v(void) { return 9 << 16; }` + allocate + functions + invoke, "its ABI has version 9.0"},
		{"links", "#include <unistd.h>\n" + head + version + allocate + functions + invoke + `E("x") int x(void) { return symlink("a", "b"); }`,
			"imports wasi_snapshot_preview1.path_symlink, which the sandbox does not give"},
		{"host functions", head + version + allocate + functions + invoke + `__attribute__((import_module("tidelock"), import_name("call"))) long long call(int, int, int);
			E("x") long long x(void) { return call(0, 0, 0); }`, "imports tidelock.call, which the sandbox does not give"},
		{"endless start", head + version + allocate + functions + invoke + `__attribute__((constructor)) void c(void) { for (volatile int i = 0;; i++) {} }`, "execution killed"},
		{"trap in start", head + version + allocate + functions + invoke + `__attribute__((constructor)) void c(void) { __builtin_trap(); }`, "unreachable"},
		{"descriptor outside", head + version + `E("allocate") int a(int n) { return box[0] + descriptor[0] + n - n - 8; }` + functions + invoke, "buffers outside its memory"},
		{"endless list", head + version + allocate + invoke + `E("functions") long long f(void) { for (volatile int i = 0;; i++) {} }`, "functions: execution killed"},
		{"list that is none", head + version + allocate + invoke + `E("functions") long long f(void) { box[2048] = 2; return 1; }`, "something else than at most"},
		{"failing list", head + version + allocate + invoke + `E("functions") long long f(void) { return 3LL << 32; }`, "functions failed"},
	}
	e := newTestEngine(t, EngineConfig{InstanceMemory: 16 << 20})
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			folder := t.TempDir()
			file := filepath.Join(folder, "bad.c")
			if tt.source == "" {
				file = filepath.Join(folder, "bad.wasm")
			}
			if err := os.WriteFile(file, []byte(tt.source), 0o600); err != nil {
				t.Fatal(err)
			}
			if tt.source != "" {
				compileNative(t, file, folder, "bad")
			}
			_, _, err := newNativeImage(t, e, folder, `require("bad")`, func(c *ImageConfig) { c.LoadTime = 100 * time.Millisecond })
			if err == nil || !strings.Contains(err.Error(), "error loading module 'bad' from file './bad.wasm'") || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q in it", err, tt.want)
			}
		})
	}
}
