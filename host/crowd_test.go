package host

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"
	"sync"
	"testing"
	"time"
)

// crowd is executions that wait all at once.
type crowd struct {
	cancel context.CancelFunc
	all    sync.WaitGroup
}

// gather starts executions of the action "wait", each in a goroutine as streams are, and returns when the script says that
// all of them have begun to wait.
func gather(t *testing.T, image *Image, size int, arguments ...any) *crowd {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	c := &crowd{cancel: cancel}
	for range size {
		c.all.Go(func() { run(ctx, image, "wait", arguments...) }) //nolint:errcheck // they all end cancelled
	}
	deadline := time.Now().Add(time.Minute)
	for {
		waiting, err := run(context.Background(), image, "waiting")
		if err != nil {
			t.Fatal(err)
		}
		if waiting == fmt.Sprint(size) {
			return c
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s of %d wait", waiting, size)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// disperse cuts them all in the middle of their waiting, and returns how long it takes until nothing of them is left.
func (c *crowd) disperse() time.Duration {
	begin := time.Now()
	c.cancel()
	c.all.Wait()
	return time.Since(begin)
}

const waitingScript = `
local waiting = 0
action("waiting", function() return waiting end)
local function ends() waiting = waiting - 1 end
local guard = setmetatable({}, {__close = ends})
`

func newCrowdImage(t *testing.T, script string) *Image {
	image, _ := newTestImage(t, newTestEngine(t, EngineConfig{}), waitingScript+script, func(c *ImageConfig) {
		c.Prelude, c.Library, c.Isolation = standardPrelude(), Standard(StandardConfig{}), IsolateScripts
		c.Limits = map[string]Limits{"action": {Time: time.Minute}}
	})
	return image
}

// cost returns the memory that the process has but for the stacks of goroutines, once what nobody uses went back.
func cost() int {
	debug.FreeOSMemory()
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	return residentMemory() - int(memory.StackInuse)
}

// TestSoak_asleep has 10,000 executions asleep at once. What they cost is bounded, beside the goroutine that serves each of
// their connections anyway. Cut in the middle, they leave nothing behind, so that as many again cost no more.
func TestSoak_asleep(t *testing.T) {
	if testing.Short() {
		t.Skip("short")
	}
	const size, bound = 10_000, 40 << 20
	image := newCrowdImage(t, `action("wait", function() local _ <close> = guard waiting = waiting + 1 sleep(1e9) end)`)
	gather(t, image, 100).disperse()
	_, _, goroutines, _ := footprint(t)
	before := cost()
	for range 2 {
		c := gather(t, image, size)
		asleep := cost()
		took := c.disperse()
		_, _, left, _ := footprint(t)
		waiting, err := run(context.Background(), image, "waiting")
		t.Logf("%d asleep: %d KiB, %d bytes each, and stacks of goroutines; all gone after %v",
			size, (asleep-before)>>10, (asleep-before)/size, took.Round(time.Millisecond))
		if asleep-before > bound {
			t.Errorf("%d bytes for %d executions asleep, want at most %d", asleep-before, size, bound)
		}
		if waiting != "0" || err != nil || left > goroutines {
			t.Errorf("%s still wait (%v); %d goroutines before, %d after", waiting, err, goroutines, left)
		}
	}
}

// TestSoak_sockets has 1,000 executions wait for input, each on a socket of its own. Cut in the middle, they leave no
// descriptor behind, and their peers see the end at once.
func TestSoak_sockets(t *testing.T) {
	if testing.Short() {
		t.Skip("short")
	}
	const size = 1_000
	address := serve(t, peer.blocked)
	image := newCrowdImage(t, `
		action("wait", function(address)
		  local _ <close> = guard
		  local socket = tcp()
		  local host, port = address:match("^(.*):(%d+)$")
		  assert(socket:connect(host, tonumber(port)))
		  waiting = waiting + 1
		  socket:receive("*l")
		end)`)
	gather(t, image, 10, address).disperse()
	_, _, goroutines, descriptors := footprint(t)
	c := gather(t, image, size, address)
	_, _, _, most := footprint(t)
	took := c.disperse()
	for deadline := time.Now().Add(time.Minute); ; { // the peers have to notice, too
		_, _, left, after := footprint(t)
		if left <= goroutines && after <= descriptors {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d goroutines and %d descriptors before, %d and %d after", goroutines, descriptors, left, after)
		}
	}
	t.Logf("%d sockets: %d descriptors with their peers; all gone after %v", size, most-descriptors, took.Round(time.Millisecond))
	if most < descriptors+size {
		t.Errorf("%d descriptors for %d sockets", most-descriptors, size)
	}
}
