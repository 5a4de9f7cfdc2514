package host

import (
	"context"
	"errors"
	"strings"
	"testing"
)

// TestExecution_parkedBesideKill has 100 executions wait in the instance in which another one is stopped.
func TestExecution_parkedBesideKill(t *testing.T) {
	const parked = 100
	e := newTestEngine(t, EngineConfig{})
	for _, tt := range []struct {
		name    string
		bad     string
		want    error // of the bad one
		others  error
		message string
	}{
		{"stopped between instructions", `while true do end`, ErrTimeout, nil, ""},
		{"killed", `return ("a"):rep(28):find(("a*"):rep(14) .. "b")`, ErrKilled, ErrReset,
			"instance was reset: another execution that shared the instance could not be stopped otherwise"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			image, w := newTestImage(t, e, `
action("wait", function(n) local kept = {n} gate() return kept[1] end)
action("bad", function() `+tt.bad+` end)`, func(c *ImageConfig) { c.Isolation = IsolateScripts })
			w.waiting.Add(parked)
			type outcome struct {
				argument int
				result   string
				err      error
			}
			ended := make(chan outcome)
			for i := range parked {
				go func() {
					result, err := run(context.Background(), image, "wait", 1000+i)
					ended <- outcome{1000 + i, result, err}
				}()
			}
			w.waiting.Wait()
			if _, err := run(context.Background(), image, "bad"); !errors.Is(err, tt.want) {
				t.Errorf("got %v, want %v", err, tt.want)
			}
			w.waiting.Add(1)
			close(w.gate)
			for range parked {
				o := <-ended
				switch {
				case tt.others == nil && (o.err != nil || o.result != show(integer(int64(o.argument)))):
					t.Errorf("parked execution %d: %q, %v", o.argument, o.result, o.err)
				case !errors.Is(o.err, tt.others) || o.err != nil && !strings.Contains(o.err.Error(), tt.message):
					t.Errorf("parked execution %d: %v, want %v", o.argument, o.err, tt.others)
				}
			}
			if got, err := run(context.Background(), image, "wait", 7); err != nil || got != "7" {
				t.Errorf("afterwards: %q, %v", got, err)
			}
		})
	}
}

// A close handler that loops is itself stopped softly, and takes nobody along.
func TestExecution_cancelledBesideParked(t *testing.T) {
	e := newTestEngine(t, EngineConfig{})
	image, w := newTestImage(t, e, `
action("wait", function() gate() return "went on" end)
action("bad", function()
	local x <close> = setmetatable({}, {__close = function() while true do end end})
	gate()
end)`, func(c *ImageConfig) { c.Isolation, c.Limits = IsolateScripts, nil })
	w.waiting.Add(2)
	type outcome struct {
		result string
		err    error
	}
	good, bad := make(chan outcome), make(chan outcome)
	start := func(ctx context.Context, name string, ended chan outcome) {
		result, err := run(ctx, image, name)
		ended <- outcome{result, err}
	}
	ctx, cancel := context.WithCancel(context.Background())
	go start(context.Background(), "wait", good)
	go start(ctx, "bad", bad)
	w.waiting.Wait()
	cancel()
	if o := <-bad; !errors.Is(o.err, ErrCancelled) {
		t.Errorf("got %v, want %v", o.err, ErrCancelled)
	}
	close(w.gate)
	if o := <-good; o.err != nil || o.result != "went on" {
		t.Errorf("the other one: %q, %v", o.result, o.err)
	}
}
