package host

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"tidelock/guest/lua54"
)

func TestImage_Load_Errors(t *testing.T) {
	e := newTestEngine(t, EngineConfig{InstanceMemory: 4 << 20})
	for _, tt := range []struct {
		name   string
		script string
		want   error
		text   string
	}{
		{"syntax error", "local x = 1\nlocal = 2", ErrScript, "dir/script.lua:2: <name> expected near '='"},
		{"bytecode", "\x1bLua", ErrScript, "attempt to load a binary chunk"},
		{"error in the main chunk", "\nlocal x = nil .. 'x'", ErrScript, "dir/script.lua:2: attempt to concatenate a nil value"},
		{"error with a traceback", "local function f() error('deep') end\nf()", ErrScript, "dir/script.lua:1: deep"},
		{"endless main chunk", "\nwhile true do end", ErrTimeout, "dir/script.lua:2: execution timeout"},
		{"endless pattern in the main chunk", "return ('a'):rep(28):find(('a*'):rep(14) .. 'b')", ErrKilled, "dir/script.lua:1"},
		{"no function", "action('a', 1)", ErrScript, "function expected"},
		{"memory without end", "local s = 'x' while true do s = s .. s end", ErrOutOfMemory, "not enough memory"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			image, _ := newOpenImage(t, e, func(c *ImageConfig) { c.LoadTime = 500 * time.Millisecond })
			err := image.Load(context.Background(), Chunk{Name: "@dir/script.lua", Source: tt.script})
			if !errors.Is(err, tt.want) || !strings.Contains(fmt.Sprint(err), tt.text) {
				t.Errorf("got %v, want %v with %q", err, tt.want, tt.text)
			}
		})
	}
}

func TestImage_Load_prelude_Errors(t *testing.T) {
	e := newTestEngine(t, EngineConfig{})
	for source, want := range map[string]string{
		"this is no Lua":                  "prelude: ",
		"(...).bind('no such function')":  `the host has no function "no such function"`,
		"error('the prelude has failed')": "the prelude has failed",
	} {
		_, err := e.NewImage(context.Background(), ImageConfig{
			Guest: lua54.Module, Prelude: []Chunk{{Name: "=<prelude>", Source: source}}, Library: Functions{},
		})
		if !strings.Contains(fmt.Sprint(err), want) {
			t.Errorf("%s: got %v, want %q", source, err, want)
		}
	}
}

// A chunk that had to be killed leaves the interpreter in the middle of something: nothing more can be done with it.
func TestImage_Load_afterKill(t *testing.T) {
	e := newTestEngine(t, EngineConfig{})
	image, _ := newOpenImage(t, e, func(c *ImageConfig) { c.LoadTime = 300 * time.Millisecond })
	err := image.Load(context.Background(), Chunk{Name: "=bad", Source: "return ('a'):rep(28):find(('a*'):rep(14) .. 'b')"})
	if !errors.Is(err, ErrKilled) {
		t.Fatal(err)
	}
	if err := image.Load(context.Background(), Chunk{Name: "=good", Source: "return 1"}); !errors.Is(err, ErrFault) || !strings.Contains(err.Error(), errSpoiled.Error()) {
		t.Errorf("another chunk: %v", err)
	}
	if err := image.Seal(context.Background()); !errors.Is(err, ErrFault) {
		t.Errorf("Seal: %v", err)
	}
}

func TestImage_Seal_init(t *testing.T) {
	e := newTestEngine(t, EngineConfig{})
	image, w := newTestImage(t, e, `
local ready = {}
register_function("init", "", function() sleep(1) ready[#ready + 1] = "first" print("first") end)
register_function("init", "", function() ready[#ready + 1] = "second" print("second") end)
action("ready", function() return table.concat(ready, " ") end)`, nil)
	if got := w.output(); got != "first\nsecond" {
		t.Errorf("printed %q", got)
	}
	if got, err := run(context.Background(), image, "ready"); err != nil || got != "first second" {
		t.Errorf("got %q, %v", got, err)
	}
	if err := image.Load(context.Background(), Chunk{Name: "=late", Source: ""}); !strings.Contains(fmt.Sprint(err), "sealed") {
		t.Errorf("loading into a sealed image: %v", err)
	}
}

func TestImage_Seal_Errors(t *testing.T) {
	e := newTestEngine(t, EngineConfig{})
	for _, tt := range []struct {
		name   string
		script string
		want   error
		text   string
	}{
		{"init fails", `register_function("init", "", function() error("not ready") end)`, ErrScript, "script.lua:1: not ready"},
		{"endless init", "register_function('init', '', function()\nwhile true do end end)", ErrTimeout, "script.lua:2: execution timeout"},
		{"endless init in pcall", "register_function('init', '', function()\nwhile true do pcall(function() while true do end end) end end)", ErrKilled, "script.lua:2"},
		{"endless finalizer", "setmetatable({}, {__gc = function()\nwhile true do end end})", ErrKilled, "script.lua:2"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			image, _ := newOpenImage(t, e, func(c *ImageConfig) { c.LoadTime = 300 * time.Millisecond })
			if err := image.Load(context.Background(), Chunk{Name: "@script.lua", Source: tt.script}); err != nil {
				t.Fatal(err)
			}
			err := image.Seal(context.Background())
			if !errors.Is(err, tt.want) && !(tt.want == ErrKilled && errors.Is(err, ErrTimeout)) || !strings.Contains(fmt.Sprint(err), tt.text) {
				t.Errorf("got %v, want %v with %q", err, tt.want, tt.text)
			}
		})
	}
}
