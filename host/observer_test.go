package host

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"tidelock/abi"
)

// diary is an Observer that writes everything down.
type diary struct {
	mu     sync.Mutex
	blind  bool // nothing is observed
	events []string
}

type diaryKey struct{}

func (d *diary) add(format string, arguments ...any) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.events = append(d.events, fmt.Sprintf(format, arguments...))
}

func (d *diary) Started(ctx context.Context, x *Execution) (context.Context, Observation) {
	if d.blind || x.Registration().Kind == KindMain {
		return ctx, nil
	}
	d.add("%s %s", x.Registration().Kind, x.Registration().Name)
	return context.WithValue(ctx, diaryKey{}, d), d
}

func (d *diary) Waiting(function string) { d.add("waiting for %q", function) }
func (d *diary) Resumed()                { d.add("resumed") }

func (d *diary) Ended(x *Execution, err error) {
	kind := errors.Unwrap(err)
	d.add("ended: %v; fuel, memory: %t, %t", kind, x.Fuel() > 0, x.Memory() >= 64<<10)
}

func TestObserver(t *testing.T) {
	const ended, failed = "ended: <nil>; fuel, memory: true, true", "ended: runtime error; fuel, memory: true, true"
	tests := []struct {
		name, action string
		want         []string
	}{
		{"returns", "quick", []string{"action quick", ended}},
		{"fails", "bad", []string{"action bad", failed}},
		{"waits", "wait", []string{"action wait", `waiting for "sleep"`, "resumed", `waiting for "peek"`, "resumed", ended}},
		{"waits where Lua cannot yield", "hold", []string{"action hold", `waiting for "sleep"`, "resumed", ended}},
		{"is suspended and goes on", "stop", []string{"action stop", `waiting for "suspend"`, "resumed", ended}},
		{"is suspended and given up", "stop", []string{"action stop", `waiting for "suspend"`, "ended: execution cancelled; fuel, memory: true, true"}},
	}
	e := newTestEngine(t, EngineConfig{})
	d, seen := &diary{}, false
	image, _ := newTestImage(t, e, `
local peek, suspend = bind("peek"), bind("suspend")
action("quick", function() end)
action("bad", function() error("no") end)
action("wait", function() sleep(1) peek() end)
action("hold", function() table.sort({2, 1}, function(a, b) sleep(1) return a < b end) end)
action("stop", function() suspend() end)`, func(c *ImageConfig) {
		c.Observer = Observers{&diary{blind: true}, d}
		c.Library = Libraries{Functions{
			"suspend": func(c *Call) error { return c.Suspend() },
			"peek": func(c *Call) error {
				return c.Park(func(ctx context.Context, _ *abi.Writer) error {
					seen = ctx.Value(diaryKey{}) == d
					return nil
				})
			},
		}, c.Library}
	})
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			d.events = nil
			x := image.Registration("action", tc.action).Begin(context.Background(), nil)
			err := x.Run()
			if err == ErrSuspended && tc.name == "is suspended and goes on" {
				err = x.Resume(context.Background())
			}
			x.End()
			if !slices.Equal(d.events, tc.want) {
				t.Errorf("got\n%q\nwant\n%q (%v)", d.events, tc.want, err)
			}
		})
	}
	if !seen {
		t.Error("what the execution waited for did not have the observer's context")
	}
}

// Several observers are told the same, and one that does not care is left out.
func TestObservers(t *testing.T) {
	e := newTestEngine(t, EngineConfig{})
	first, second := &diary{}, &diary{}
	image, _ := newTestImage(t, e, `action("wait", function() sleep(1) end)`, func(c *ImageConfig) {
		c.Observer = Observers{first, &diary{blind: true}, second}
	})
	if _, err := run(context.Background(), image, "wait"); err != nil {
		t.Fatal(err)
	}
	if len(first.events) != 4 || !slices.Equal(first.events, second.events) {
		t.Errorf("got %q and %q", first.events, second.events)
	}
}
