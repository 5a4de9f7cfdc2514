package host

import (
	"context"
	"errors"
	"testing"
)

// A finalizer that runs for too long when the snapshot is taken must leave no trace in it.
func TestImage_Seal_cancelled(t *testing.T) {
	e := newTestEngine(t, EngineConfig{})
	ctx, cancel := context.WithCancel(context.Background())
	image, w := newOpenImage(t, e, func(c *ImageConfig) {
		c.Library = Libraries{Functions{"cancel": func(*Call) error { cancel(); return nil }}, c.Library}
	})
	if err := image.Load(ctx, Chunk{"@script.lua", `
local cancel = bind("cancel")
setmetatable({}, {__gc = function() cancel() for i = 1, 30000 do end print("over") end})
action("coroutine", function() return coroutine.wrap(function() return 1 end)() end)`}); err != nil {
		t.Fatal(err)
	}
	if err := image.Seal(ctx); !errors.Is(err, ErrCancelled) || w.output() != "over" {
		t.Errorf("got %v after %q, want %v", err, w.output(), ErrCancelled)
	}
	if err := image.Seal(context.Background()); err != nil {
		t.Fatal(err)
	}
	if got, err := run(context.Background(), image, "coroutine"); err != nil || got != "1" {
		t.Errorf("afterwards: %q, %v", got, err)
	}
	if err := image.Seal(context.Background()); err == nil {
		t.Error("sealed again")
	}
}
