package host

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"tidelock/abi"
)

func TestExecution_expired(t *testing.T) {
	const ms = time.Millisecond
	for _, tt := range []struct {
		name            string
		limits          Limits
		cpu, burstStart time.Duration
		want            bool
	}{
		{"no limits", Limits{}, time.Hour, 0, false},
		{"within the time", Limits{Time: 10 * ms}, 10 * ms, 0, false},
		{"beyond the time", Limits{Time: 10 * ms}, 11 * ms, 0, true},
		{"beyond the time, within the burst", Limits{Time: 10 * ms, Burst: 5 * ms}, 11 * ms, 9 * ms, true},
		{"within the burst", Limits{Burst: 5 * ms}, 105 * ms, 100 * ms, false},
		{"beyond the burst", Limits{Burst: 5 * ms}, 106 * ms, 100 * ms, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			image := &Image{life: context.Background()}
			x := &Execution{
				instance: &instance{image: image}, ctx: context.Background(),
				limits: tt.limits, cpu: tt.cpu, burstStart: tt.burstStart,
			}
			if got := x.expired(); got != tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

func TestLimits(t *testing.T) {
	e := newTestEngine(t, EngineConfig{})
	for _, tt := range []struct {
		name   string
		limits Limits
		script string
		want   error
	}{
		{"waits longer than its time", Limits{Time: 500 * time.Millisecond}, `sleep(700) for i = 1, 100000 do end`, nil},
		{"waits in a comparator for longer than its time", Limits{Time: 500 * time.Millisecond},
			`table.sort({2, 1}, function(a, b) sleep(700) for i = 1, 100000 do end return a < b end)`, nil},
		{"runs for longer than its burst", Limits{Burst: 20 * time.Millisecond}, `sleep(0) while true do end`, ErrTimeout},
		{"runs for longer than its time between waits", Limits{Time: 20 * time.Millisecond}, `while true do sleep(0) end`, ErrTimeout},
		{"no limits", Limits{}, `local n = 0 for i = 1, 5000000 do n = n + i end`, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			image, _ := newTestImage(t, e, `action("run", function() `+tt.script+` end)`,
				func(c *ImageConfig) { c.Limits = map[string]Limits{"action": tt.limits} })
			if _, err := run(context.Background(), image, "run"); !errors.Is(err, tt.want) {
				t.Errorf("got %v, want %v", err, tt.want)
			}
		})
	}
}

func TestExecution_accounting(t *testing.T) {
	e := newTestEngine(t, EngineConfig{})
	image, _ := newTestImage(t, e, `
action("run", function(n) for i = 1, n do end end)
action("wait", function() sleep(50) sleep(0) end)`, func(c *ImageConfig) { c.Limits = nil })
	measure := func(name string, n int64) (fuel int64, time time.Duration, waits int) {
		x := image.Registration("action", name).Begin(context.Background(), nil)
		defer x.End()
		x.Arguments.Int(n)
		if err := x.Run(); err != nil {
			t.Fatal(err)
		}
		return x.Fuel(), x.ProcessorTime(), x.Waits
	}
	few, fewTime, _ := measure("run", 100)
	many, manyTime, _ := measure("run", 1_000_000)
	if few < 100 || few > 10_000 || many < 900_000 || many > 2_000_000 {
		t.Errorf("100 iterations took %d ticks, 1,000,000 took %d", few, many)
	}
	if fewTime <= 0 || manyTime <= fewTime {
		t.Errorf("100 iterations took %v, 1,000,000 took %v", fewTime, manyTime)
	}
	if _, _, waits := measure("wait", 0); waits != 2 {
		t.Errorf("%d waits, want 2", waits)
	}
}

func TestEngineConfig_InstanceMemory(t *testing.T) {
	e := newTestEngine(t, EngineConfig{InstanceMemory: 8 << 20})
	image, _ := newTestImage(t, e, `
action("grow", function(megabytes) return #("x"):rep(megabytes << 20) end)
action("count", function() return 1 end)`, func(c *ImageConfig) { c.Isolation, c.Limits = IsolateScripts, nil })
	for _, tt := range []struct {
		megabytes int
		want      error
	}{{2, nil}, {9, ErrOutOfMemory}, {2, nil}, {100, ErrOutOfMemory}} {
		if _, err := run(context.Background(), image, "grow", tt.megabytes); !errors.Is(err, tt.want) {
			t.Errorf("%d MiB of 8: got %v, want %v", tt.megabytes, err, tt.want)
		}
		if got, err := run(context.Background(), image, "count"); err != nil || got != "1" {
			t.Errorf("afterwards: %q, %v", got, err)
		}
	}
}

// The limits of one image, within those of its engine.
func TestImageConfig_InstanceMemory(t *testing.T) {
	e := newTestEngine(t, EngineConfig{InstanceMemory: 16 << 20})
	for _, tt := range []struct {
		limit     int64
		megabytes int
		want      error
	}{{0, 6, nil}, {8 << 20, 2, nil}, {8 << 20, 6, ErrOutOfMemory}, {8<<20 + 1, 2, nil}, {64 << 20, 17, ErrOutOfMemory}} {
		image, _ := newTestImage(t, e, `action("grow", function(megabytes) return #("x"):rep(megabytes << 20) end)`,
			func(c *ImageConfig) { c.InstanceMemory, c.Limits = tt.limit, nil })
		if _, err := run(context.Background(), image, "grow", tt.megabytes); !errors.Is(err, tt.want) {
			t.Errorf("%d MiB of %d bytes: got %v, want %v", tt.megabytes, tt.limit, err, tt.want)
		}
	}
}

func TestLimits_Fuel(t *testing.T) {
	e := newTestEngine(t, EngineConfig{})
	for _, tt := range []struct {
		name   string
		fuel   int64
		script string
		want   error
	}{
		{"enough", 50_000, `for i = 1, 10000 do end`, nil},
		{"a loop", 50_000, `for i = 1, 100000 do end`, ErrOutOfFuel},
		{"less than a quantum", 2_000, `for i = 1, 5000 do end`, ErrOutOfFuel},
		{"swallowed", 50_000, `while true do pcall(function() while true do end end) end`, ErrOutOfFuel},
		{"over waits", 20_000, `while true do for i = 1, 1000 do end sleep(0) end`, ErrOutOfFuel},
		{"waiting costs next to nothing", 20_000, `for i = 1, 100 do sleep(0) end`, nil},
		{"in a coroutine", 50_000, `coroutine.wrap(function() while true do end end)()`, ErrOutOfFuel},
		{"in a pattern", 50_000, `("a"):rep(28):find(("a*"):rep(14) .. "b")`, ErrKilled},
	} {
		t.Run(tt.name, func(t *testing.T) {
			image, _ := newTestImage(t, e, `action("run", function() `+tt.script+` end)`,
				func(c *ImageConfig) { c.Limits = map[string]Limits{"action": {Fuel: tt.fuel}} })
			for range 2 { // the second one has what the first one had
				if _, err := run(context.Background(), image, "run"); !errors.Is(err, tt.want) {
					t.Errorf("got %v, want %v", err, tt.want)
				}
			}
		})
	}
}

// An execution beyond the number that an image may have fails at once; there is room again when one has ended.
func TestImageConfig_Executions(t *testing.T) {
	e := newTestEngine(t, EngineConfig{})
	image, w := newTestImage(t, e, `
action("wait", function() gate() end)
action("count", function() return 1 end)
register_function("task", "", function() sleep(1) end)`, func(c *ImageConfig) { c.Executions = 2 })
	var waiting sync.WaitGroup
	w.waiting.Add(2)
	for range 2 {
		waiting.Go(func() {
			if _, err := run(context.Background(), image, "wait"); err != nil {
				t.Error(err)
			}
		})
	}
	w.waiting.Wait()
	if _, err := run(context.Background(), image, "count"); !errors.Is(err, ErrBusy) {
		t.Errorf("beside two others: got %v, want %v", err, ErrBusy)
	}
	image.StartTasks() // they do not count
	close(w.gate)
	waiting.Wait()
	if got, err := run(context.Background(), image, "count"); err != nil || got != "1" {
		t.Errorf("afterwards: %q, %v", got, err)
	}
}

// Arguments that do not fit fail the execution, and leave the instance's exchange as it was.
func TestExecution_Run_largeArguments(t *testing.T) {
	e := newTestEngine(t, EngineConfig{InstanceMemory: 8 << 20})
	image, _ := newTestImage(t, e, `
action("length", function(s) return #s end)
action("say", function() return "some words" end)`, func(c *ImageConfig) { c.Isolation, c.Limits = IsolateScripts, nil })
	if got, err := run(context.Background(), image, "length", strings.Repeat("x", 1<<20)); err != nil || got != strconv.Itoa(1<<20) {
		t.Errorf("1 MiB: got %q, %v", got, err)
	}
	if _, err := run(context.Background(), image, "length", strings.Repeat("x", 16<<20)); !errors.Is(err, ErrOutOfMemory) {
		t.Errorf("16 MiB: got %v, want %v", err, ErrOutOfMemory)
	}
	if got, err := run(context.Background(), image, "say"); err != nil || got != "some words" {
		t.Errorf("afterwards: %q, %v", got, err)
	}
}

// TestEngineConfig_Memory has ten instances want more together than the engine may have.
func TestEngineConfig_Memory(t *testing.T) {
	const executions = 10
	e := newTestEngine(t, EngineConfig{Memory: 16 << 20, InstanceMemory: 8 << 20})
	holding, release := make(chan bool), make(chan struct{})
	image, _ := newTestImage(t, e, `
local hold = bind("hold")
action("grow", function(n)
	local s = ("x"):rep(2 << 20)
	hold()
	return #s
end)`, func(c *ImageConfig) {
		c.Isolation, c.Limits = IsolateTransactions, nil
		c.Library = Libraries{Functions{"hold": func(c *Call) error {
			return c.Park(func(context.Context, *abi.Writer) error {
				holding <- true
				<-release
				return nil
			})
		}}, c.Library}
	})
	ended := make(chan error, executions)
	held, refused := 0, 0
	for range executions { // one after the other
		go func() {
			_, err := run(context.Background(), image, "grow")
			ended <- err
		}()
		select {
		case <-holding:
			held++
		case err := <-ended:
			if !errors.Is(err, ErrOutOfMemory) {
				t.Errorf("got %v, want %v", err, ErrOutOfMemory)
			}
			refused++
		}
	}
	if held == 0 || held > 7 || refused != executions-held {
		t.Errorf("%d hold 2 MiB each, %d were refused", held, refused)
	}
	if used := e.MemoryInUse(); used < int64(held)<<21 || used > 16<<20 {
		t.Errorf("%d bytes in use, of 16 MiB, by %d", used, held)
	}
	close(release)
	for range held {
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
	if used := e.MemoryInUse(); used != 0 {
		t.Errorf("%d bytes in use afterwards", used)
	}
}

// An image that the budget has no room for is an error.
func TestEngineConfig_Memory_images(t *testing.T) {
	e := newTestEngine(t, EngineConfig{Memory: 4 << 20})
	var err error
	var images []*Image
	for range 10 {
		var image *Image
		if image, err = e.NewImage(context.Background(), ImageConfig{Guest: guestModule{}.bytes()}); err != nil {
			break
		}
		images = append(images, image)
		image.golden.instances[0].module.Memory().Grow(10)
	}
	if len(images) < 3 || !errors.Is(err, ErrOutOfMemory) {
		t.Errorf("%d images of 768 KiB, then %v; want some, and then %v", len(images), err, ErrOutOfMemory)
	}
	for _, image := range images {
		if err := image.Close(); err != nil {
			t.Error(err)
		}
	}
}

// Two executions in one instance wait for each other without ever parking: each step of one needs one of the other.
func TestForcedYield(t *testing.T) {
	e := newTestEngine(t, EngineConfig{})
	for _, tt := range []struct{ name, run string }{
		{"in the execution's own coroutine", `return f()`},
		{"in pcall", `return select(2, assert(pcall(f)))`},
		{"in a coroutine of the script", `return coroutine.wrap(f)()`},
		{"in pcall in a coroutine in pcall", `return select(2, pcall(coroutine.wrap(function() return select(2, pcall(f)) end)))`},
		{"in a metamethod", `return setmetatable({}, {__index = f}).x`},
		{"in an iterator", `for x in function() return f() end do return x end`},
		{"in a close handler", `do local x <close> = setmetatable({}, {__close = f}) end return "done"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			image, w := newTestImage(t, e, `
local step = 0
local function until_step(n) while step < n do end end
action("first", function()
	local function f() until_step(1) print("first") step = 2 until_step(3) print("first") step = 4 return "done" end
	`+tt.run+`
end)
action("second", function()
	local function f() print("second") step = 1 until_step(2) print("second") step = 3 until_step(4) print("second") return "done" end
	`+tt.run+`
end)`, func(c *ImageConfig) { c.Isolation, c.Limits = IsolateScripts, nil })
			var both sync.WaitGroup
			for _, name := range []string{"first", "second"} {
				both.Go(func() {
					if got, err := run(context.Background(), image, name); err != nil || got != "done" {
						t.Errorf("%s: %q, %v", name, got, err)
					}
				})
			}
			both.Wait()
			if got, want := w.output(), "second\nfirst\nsecond\nfirst\nsecond"; got != want {
				t.Errorf("order of events:\n%s\nwant:\n%s", got, want)
			}
		})
	}
}

// Inside a comparator Lua cannot yield: the other execution has to wait, and both come to their end.
func TestForcedYield_comparator(t *testing.T) {
	e := newTestEngine(t, EngineConfig{})
	image, w := newTestImage(t, e, `
local other = false
action("sorter", function()
	table.sort({2, 1}, function(a, b)
		gate() -- holds the instance, until the other one queues for it
		for i = 1, 200000 do if other then print("interleaved") end end
		return a < b
	end)
	print("sorted")
end)
action("other", function() other = true print("other") end)`, func(c *ImageConfig) { c.Isolation, c.Limits = IsolateScripts, nil })
	w.waiting.Add(1)
	var both sync.WaitGroup
	start := func(name string) {
		both.Go(func() {
			if _, err := run(context.Background(), image, name); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		})
	}
	start("sorter")
	w.waiting.Wait()
	start("other")
	awaitContention(t, image)
	w.waiting.Add(100)
	close(w.gate)
	both.Wait()
	if strings.Contains(w.output(), "interleaved") {
		t.Error("another execution ran while a comparator did")
	}
	for _, want := range []string{"sorted", "other"} {
		if !strings.Contains(w.output(), want) {
			t.Errorf("%q is missing in %q", want, w.output())
		}
	}
}

// awaitContention returns when somebody queues for the image's first instance.
func awaitContention(t *testing.T, image *Image) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !image.groups[0].instances[0].turn.contended(); {
		if time.Now().After(deadline) {
			t.Fatal("nobody queues for the instance")
		}
		time.Sleep(100 * time.Microsecond)
	}
}
