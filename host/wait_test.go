package host

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"tidelock/abi"
)

// What waits where Lua cannot yield holds the instance, and must not hold it for ever.
func TestExecution_waitInPlace_ends(t *testing.T) {
	e := newTestEngine(t, EngineConfig{InstanceMemory: 16 << 20})
	image, w := newTestImage(t, e, `
local large = bind("large")
action("no_memory", function()
	local x <close> = setmetatable({}, {__close = function() sleep(1e9) end})
	large()
end)
action("sort", function() table.sort({2, 1}, function() print("sorting") sleep(1e9) end) end)`, func(c *ImageConfig) {
		c.Isolation = IsolateScripts
		c.Library = Libraries{Functions{"large": func(c *Call) error {
			return c.Park(func(_ context.Context, results *abi.Writer) error {
				results.StringBytes(make([]byte, 20<<20))
				return nil
			})
		}}, c.Library}
	})
	if _, err := run(context.Background(), image, "no_memory"); !errors.Is(err, ErrOutOfMemory) {
		t.Errorf("an execution that is to end: got %v, want %v", err, ErrOutOfMemory)
	}
	failed := make(chan error)
	go func() {
		_, err := run(context.Background(), image, "sort")
		failed <- err
	}()
	for w.output() == "" {
		time.Sleep(time.Millisecond)
	}
	if err := image.Close(); err != nil {
		t.Error(err)
	}
	if err := <-failed; !errors.Is(err, ErrClosed) {
		t.Errorf("while the image is closed: got %v, want %v", err, ErrClosed)
	}
}

// A panic of an embedder's operation leaves the turn to those who hold it.
func TestExecution_wait_panics(t *testing.T) {
	e := newTestEngine(t, EngineConfig{})
	parked := make(chan struct{})
	image, w := newTestImage(t, e, `
local bang = bind("bang")
action("bang", function() bang() end)
action("sort", function() table.sort({2, 1}, function(a, b) gate() return a < b end) end)`, func(c *ImageConfig) {
		c.Isolation = IsolateScripts
		c.Library = Libraries{Functions{"bang": func(c *Call) error {
			in := c.Execution.instance
			return c.Park(func(context.Context, *abi.Writer) error {
				close(parked)
				for !in.turn.held.Load() { // somebody else takes it
					time.Sleep(time.Millisecond)
				}
				panic("bang")
			})
		}}, c.Library}
	})
	in := image.groups[0].instances[0]
	w.waiting.Add(math.MaxInt32)
	recovered := make(chan any)
	go func() {
		defer func() { recovered <- recover() }()
		run(context.Background(), image, "bang") //nolint:errcheck // it panics
	}()
	<-parked
	holds := make(chan error)
	go func() {
		_, err := run(context.Background(), image, "sort")
		holds <- err
	}()
	for !in.turn.contended() { // the panic has come as far as the turn that it does not have
		time.Sleep(time.Millisecond)
	}
	if !in.turn.held.Load() {
		t.Error("the turn was taken from its holder")
	}
	close(w.gate)
	if err := <-holds; err != nil {
		t.Error(err)
	}
	if r := <-recovered; r != "bang" {
		t.Errorf("recovered %v", r)
	}
	if in.turn.held.Load() {
		t.Error("the turn was never given back")
	}
}

// Each execution pays for what it has used itself, whatever it waited for and however it ended.
func TestExecution_accounting_ofWaits(t *testing.T) {
	const wait = 300 * time.Millisecond
	e := newTestEngine(t, EngineConfig{})
	image, w := newTestImage(t, e, `
action("idle", function() end)
action("wait", function() for i = 1, 3000 do end sleep(0) end)
action("wait_in_place", function() table.sort({2, 1}, function(a, b) for i = 1, 3000 do end sleep(0) return a < b end) end)
action("cancelled", function()
	local x <close> = setmetatable({}, {__close = function() for i = 1, 30000 do end end})
	gate()
end)`, func(c *ImageConfig) { c.Isolation = IsolateScripts })
	w.waiting.Add(math.MaxInt32)
	measure := func(ctx context.Context, name string) (int64, time.Duration) {
		x := image.Registration("action", name).Begin(ctx, nil)
		defer x.End()
		x.Run() //nolint:errcheck // one of them fails
		return x.Fuel(), x.ProcessorTime()
	}
	before, _ := measure(context.Background(), "idle")
	for _, name := range []string{"wait", "wait_in_place"} {
		if fuel, took := measure(context.Background(), name); fuel < 3000 || took < 3000*nanosecondsPerTick {
			t.Errorf("%s: %d ticks in %v: what came before the wait is missing", name, fuel, took)
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), wait)
	defer cancel()
	if fuel, took := measure(ctx, "cancelled"); fuel < 30000 || took >= wait {
		t.Errorf("cancelled: %d ticks in %v, which should have the end and not have the wait", fuel, took)
	}
	if after, _ := measure(context.Background(), "idle"); after > before+100 {
		t.Errorf("the next execution pays %d ticks instead of %d", after, before)
	}
}

// Results that find no memory do not take memory away for good.
func TestExecution_inbox(t *testing.T) {
	e := newTestEngine(t, EngineConfig{InstanceMemory: 64 << 20})
	image, _ := newTestImage(t, e, `
local large = bind("large")
action("try", function(megabytes)
	pcall(large, megabytes) -- twice: the inbox of the first is not known to be free before the second
	local ok, got = pcall(large, megabytes)
	return ok and #got or got
end)`, func(c *ImageConfig) {
		c.Limits = nil
		c.Library = Libraries{Functions{"large": func(c *Call) error {
			megabytes, err := c.Int()
			c.Results.StringBytes(make([]byte, megabytes<<20))
			return err
		}}, c.Library}
	})
	for _, tt := range []struct {
		megabytes int
		want      string
	}{{1, "1048576"}, {36, "not enough memory"}, {20, "20971520"}, {36, "not enough memory"}, {20, "20971520"}} {
		if got, err := run(context.Background(), image, "try", tt.megabytes); err != nil || !strings.Contains(got, tt.want) {
			t.Errorf("%d MiB: got %q, %v, want %q", tt.megabytes, got, err, tt.want)
		}
	}
}
