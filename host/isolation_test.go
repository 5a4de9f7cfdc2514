package host

import (
	"context"
	"math"
	"testing"
	"time"
)

// countingScript has two actions that change the same global variable.
const countingScript = `
count = 0
action("one", function() count = count + 1 return count end)
action("two", function() count = count + 1 return count end)`

func TestIsolation_globals(t *testing.T) {
	e := newTestEngine(t, EngineConfig{})
	for _, tt := range []struct {
		isolation Isolation
		want      []string // of one, one, two, one
	}{
		{IsolateAutomatically, []string{"1", "2", "3", "4"}},
		{IsolateRegistrations, []string{"1", "2", "1", "3"}},
		{IsolateTransactions, []string{"1", "1", "1", "1"}},
		{IsolateScripts, []string{"1", "2", "3", "4"}},
	} {
		t.Run(string(tt.isolation), func(t *testing.T) {
			image, _ := newTestImage(t, e, countingScript, func(c *ImageConfig) { c.Isolation = tt.isolation })
			for i, name := range []string{"one", "one", "two", "one"} {
				if got, err := run(context.Background(), image, name); err != nil || got != tt.want[i] {
					t.Errorf("call %d, of %s: got %q, %v, want %s", i, name, got, err, tt.want[i])
				}
			}
		})
	}
}

// TestIsolation_transactionLeftovers tries to leave something for the next execution, in every place that there is.
func TestIsolation_transactionLeftovers(t *testing.T) {
	e := newTestEngine(t, EngineConfig{})
	image, _ := newTestImage(t, e, `
local upvalue, shared = nil, {}
action("look", function()
	local found = {}
	local function check(name, value) if value ~= nil then found[#found + 1] = name end end
	check("global", leftover)
	check("upvalue", upvalue)
	check("table", shared[1])
	check("library", string.leftover)
	check("metatable", getmetatable("").leftover)
	check("loaded", package and package.loaded.leftover)
	leftover, upvalue, shared[1], string.leftover, getmetatable("").leftover = 1, 1, 1, 1, 1
	if package then package.loaded.leftover = 1 end
	local co = coroutine.wrap(function() while true do coroutine.yield() end end)
	co()
	big = ("x"):rep(100000) -- many pages, but not beyond what the image has grown to
	return table.concat(found, " ")
end)`, func(c *ImageConfig) { c.Isolation = IsolateTransactions })
	for range 5 {
		if got, err := run(context.Background(), image, "look"); err != nil || got != "" {
			t.Fatalf("found %q, %v", got, err)
		}
	}
}

func TestIsolation_random(t *testing.T) {
	e := newTestEngine(t, EngineConfig{})
	for _, isolation := range Isolations {
		t.Run(string(isolation), func(t *testing.T) {
			image, _ := newTestImage(t, e, `
action("random", function() return math.random(0) end)
action("other", function() return math.random(0) end)
action("seeded", function() math.randomseed(42) return math.random(0) end)`, func(c *ImageConfig) { c.Isolation = isolation })
			seen := make(map[string]bool)
			for range 10 {
				for _, name := range []string{"random", "other"} {
					got, err := run(context.Background(), image, name)
					if err != nil || seen[got] {
						t.Errorf("%s gives %q again, %v", name, got, err)
					}
					seen[got] = true
				}
			}
			first, _ := run(context.Background(), image, "seeded")
			if again, err := run(context.Background(), image, "seeded"); err != nil || first != again || first == "" {
				t.Errorf("seeded: %q and %q, %v", first, again, err)
			}
		})
	}
}

// TestIsolation_instances holds one of two instances: executions go on in the other, which has its own globals.
func TestIsolation_instances(t *testing.T) {
	e := newTestEngine(t, EngineConfig{})
	image, w := newTestImage(t, e, `
local count = 0
action("count", function(hold)
	count = count + 1
	if hold then table.sort({2, 1}, function(a, b) gate() return a < b end) end -- where Lua cannot yield
	return count
end)`, func(c *ImageConfig) { c.Instances, c.Limits = 2, nil })
	w.waiting.Add(1)
	held := make(chan string)
	go func() {
		got, err := run(context.Background(), image, "count", "hold")
		if err != nil {
			got = err.Error()
		}
		held <- got
	}()
	w.waiting.Wait()
	for want := range 3 {
		if got, err := run(context.Background(), image, "count"); err != nil || got != string(rune('1'+want)) {
			t.Errorf("beside it: %q, %v, want %d", got, err, want+1)
		}
	}
	w.waiting.Add(math.MaxInt32) // the comparator may be called again
	close(w.gate)
	if got := <-held; got != "1" {
		t.Errorf("in the held instance: %q, want 1", got)
	}
	numbers := make(map[int]bool)
	for _, in := range image.groups[0].instances {
		numbers[in.number] = true
	}
	if len(numbers) != 2 || !numbers[0] || !numbers[1] {
		t.Errorf("instances are numbered %v", numbers)
	}
}

// TestIsolation_parallel has executions meet each other while both run: they are in different instances.
func TestIsolation_parallel(t *testing.T) {
	e := newTestEngine(t, EngineConfig{})
	for _, isolation := range []Isolation{IsolateRegistrations, IsolateTransactions} {
		t.Run(string(isolation), func(t *testing.T) {
			arrived := make(chan struct{})
			meet := func(c *Call) error { // blocks as no function may, but for a test that wants two at a time
				select {
				case arrived <- struct{}{}:
				case <-arrived:
				case <-time.After(10 * time.Second):
					t.Error("the other one never came")
				}
				return nil
			}
			image, _ := newTestImage(t, e, `
local meet = bind("meet")
action("one", function() meet() end)
action("two", function() meet() end)`, func(c *ImageConfig) {
				c.Isolation = isolation
				c.Library = Libraries{Functions{"meet": meet}, c.Library}
			})
			failed := make(chan error)
			for _, name := range []string{"one", "two"} {
				go func() {
					_, err := run(context.Background(), image, name)
					failed <- err
				}()
			}
			for range 2 {
				if err := <-failed; err != nil {
					t.Error(err)
				}
			}
		})
	}
}
