package host

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"sync"
	"testing"
	"time"
)

var errClientLeft = errors.New("the client has left")

// TestExecution_cancelled ends contexts at every point that an execution can be at.
func TestExecution_cancelled(t *testing.T) {
	e := newTestEngine(t, EngineConfig{})
	for _, tt := range []struct {
		name   string
		script string
		want   string // in the message
		output string
	}{
		{"while it runs", `print("ready") while true do end`, "script.lua:", "ready"},
		{"while it runs in pcall", `print("ready") while true do pcall(function() while true do end end) end`, "script.lua:", "ready"},
		{"while it waits", `print("ready") sleep(1e6)`, errClientLeft.Error(), "ready"},
		{"while it waits in a coroutine", `print("ready") coroutine.wrap(function() sleep(1e6) end)()`, errClientLeft.Error(), "ready"},
		{"while it waits in pcall", `print("ready") pcall(sleep, 1e6) print("went on")`, errClientLeft.Error(), "ready"},
		{"while it waits in a comparator", `print("ready") table.sort({2, 1}, function() sleep(1e6) end)`, "", "ready"},
		{"while it holds what is to be closed", `
			local c <close> = setmetatable({}, {__close = function() print("closed") end})
			print("ready") sleep(1e6)`, errClientLeft.Error(), "ready\nclosed"},
		{"while it holds what waits when it is closed", `
			local c <close> = setmetatable({}, {__close = function() sleep(1e6) end})
			local d <close> = setmetatable({}, {__close = function() print("closed") end})
			print("ready") sleep(1e6)`, errClientLeft.Error(), "ready\nclosed"},
		{"while it runs, holding what is to be closed", `
			local c <close> = setmetatable({}, {__close = function() print("closed") end})
			print("ready") while true do end`, "script.lua:", "ready"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			held := new(closer)
			image, w := newTestImage(t, e, `
local hold = bind("hold")
action("bad", function() hold() `+tt.script+` end)
action("good", function() return 1 end)`, func(c *ImageConfig) {
				c.Isolation, c.Limits = IsolateScripts, nil
				c.Library = Libraries{Functions{"hold": func(c *Call) error {
					_, err := c.Execution.Hold(held)
					return err
				}}, c.Library}
			})
			ctx, cancel := context.WithCancelCause(context.Background())
			failed := make(chan error)
			go func() {
				_, err := run(ctx, image, "bad")
				failed <- err
			}()
			for w.output() == "" {
				time.Sleep(time.Millisecond)
			}
			cancel(errClientLeft)
			if err := <-failed; !errors.Is(err, ErrCancelled) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %v with %q", err, ErrCancelled, tt.want)
			}
			if got := w.output(); !strings.HasPrefix(got, tt.output) || strings.Contains(got, "went on") {
				t.Errorf("printed %q, want %q", got, tt.output)
			}
			if held.closed != 1 {
				t.Errorf("what it held was closed %d times", held.closed)
			}
			if got, err := run(context.Background(), image, "good"); err != nil || got != "1" {
				t.Errorf("afterwards: %q, %v", got, err)
			}
		})
	}
}

func TestExecution_cancelled_queued(t *testing.T) {
	e := newTestEngine(t, EngineConfig{})
	image, w := newTestImage(t, e, `
action("hold", function() table.sort({2, 1}, function(a, b) gate() return a < b end) end)
action("wait", function() print("got the instance") end)`, func(c *ImageConfig) { c.Isolation, c.Limits = IsolateScripts, nil })
	w.waiting.Add(1)
	var holder sync.WaitGroup
	holder.Go(func() {
		if _, err := run(context.Background(), image, "hold"); err != nil {
			t.Error(err)
		}
	})
	w.waiting.Wait()
	ctx, cancel := context.WithCancelCause(context.Background())
	failed := make(chan error)
	go func() {
		_, err := run(ctx, image, "wait")
		failed <- err
	}()
	awaitContention(t, image)
	cancel(errClientLeft)
	if err := <-failed; !errors.Is(err, ErrCancelled) || !strings.Contains(err.Error(), errClientLeft.Error()) {
		t.Errorf("got %v", err)
	}
	w.waiting.Add(math.MaxInt32)
	close(w.gate)
	holder.Wait()
	if got := w.output(); got != "" {
		t.Errorf("printed %q", got)
	}
}

// Objects live as long as their execution, however it ends.
func TestExecution_End_closes(t *testing.T) {
	e := newTestEngine(t, EngineConfig{})
	for _, tt := range []struct {
		name, script string
		isolation    Isolation
	}{
		{"returns", `return 1`, IsolateScripts},
		{"fails", `error("x")`, IsolateScripts},
		{"times out", `while true do end`, IsolateScripts},
		{"is killed", `return ("a"):rep(28):find(("a*"):rep(14) .. "b")`, IsolateScripts},
		{"returns, in an instance of its own", `return 1`, IsolateTransactions},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var held []*closer
			image, _ := newTestImage(t, e, `
local hold = bind("hold")
action("run", function() for i = 1, 3 do hold() end `+tt.script+` end)`, func(c *ImageConfig) {
				c.Isolation = tt.isolation
				c.Library = Libraries{Functions{"hold": func(c *Call) error {
					held = append(held, new(closer))
					h, err := c.Execution.Hold(held[len(held)-1])
					c.Results.Handle(h)
					return err
				}}, c.Library}
			})
			run(context.Background(), image, "run") //nolint:errcheck // the table has all kinds
			if len(held) != 3 {
				t.Fatalf("%d objects", len(held))
			}
			for i, c := range held {
				if c.closed != 1 {
					t.Errorf("object %d was closed %d times", i, c.closed)
				}
			}
		})
	}
}

func TestHandles_ofScripts(t *testing.T) {
	e := newTestEngine(t, EngineConfig{})
	image, _ := newTestImage(t, e, `
local read, kept = bind("object.read"), nil
action("keep", function() kept = new_object() return read(kept) end)
action("stale", function() return read(kept) end)
action("stale_beside_another", function() new_object() return read(kept) end)
action("forged", function(n) return read(n) end)
action("method", function() return object.read(setmetatable({[0] = new_object()}, object)) end)
action("no_method", function() return object.read(new_object()) end)`, func(c *ImageConfig) { c.Isolation = IsolateScripts })
	stale := ErrStaleHandle.Error()
	for _, tt := range []struct{ name, want, failure string }{
		{"keep", "an object", ""},
		{"stale", "", stale},
		{"stale_beside_another", "", stale},
		{"forged", "", "bad argument #1 to 'read' (object expected, got number)"},
		{"method", "an object", ""},
		{"no_method", "", "not an object of this class"},
	} {
		got, err := run(context.Background(), image, tt.name, 1)
		if got != tt.want || (err != nil) != (tt.failure != "") || !strings.Contains(fmt.Sprint(err), tt.failure) {
			t.Errorf("%s: got %q, %v, want %q, %q", tt.name, got, err, tt.want, tt.failure)
		}
	}
}
