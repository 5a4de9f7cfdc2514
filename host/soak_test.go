package host

import (
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// soakActions are run in turn, the last ones seldom: they take their time before they are stopped.
var soakActions = []struct {
	name, script string
	every        int // rounds
	want         []error
}{
	{"returns", `return n + 1`, 1, []error{nil}},
	{"allocates", `local t = {} for i = 1, 100 do t[i] = {i, tostring(i)} end return #t`, 1, []error{nil}},
	{"waits", `sleep(0) return n`, 1, []error{nil}},
	{"holds", `for i = 1, 3 do new_object() end return n`, 1, []error{nil}},
	{"fails", `error({n})`, 2, []error{ErrScript}},
	{"large", `return ("x"):rep(100000)`, 5, []error{nil}},
	{"coroutine", `return coroutine.wrap(function() sleep(0) coroutine.yield(n) end)()`, 5, []error{nil}},
	{"grows", `local s = "x" while true do s = s .. s end`, 100, []error{ErrOutOfMemory}},
	{"loops", `while true do end`, 500, []error{ErrTimeout}},
	{"finds", `return ("a"):rep(28):find(("a*"):rep(14) .. "b")`, 1000, []error{ErrKilled}},
	{"cancelled", `sleep(1e9)`, 50, []error{ErrCancelled}},
}

// residentMemory returns the bytes of memory that the process has, 0 where that is not known.
func residentMemory() int {
	status, _ := os.ReadFile("/proc/self/status")
	_, rest, _ := strings.Cut(string(status), "VmRSS:")
	fields := strings.Fields(rest)
	if len(fields) == 0 {
		return 0
	}
	kilobytes, _ := strconv.Atoi(fields[0])
	return kilobytes << 10
}

// TestSoak runs many executions, good and bad, under all isolations, and sees memory, goroutines and descriptors come
// back to where they were after the first tenth. TIDELOCK_SOAK=1 makes it long.
func TestSoak(t *testing.T) {
	executions, heapBound, residentBound := 5_000, 8<<20, 24<<20
	if os.Getenv("TIDELOCK_SOAK") != "" {
		executions = 100_000
	} else if testing.Short() {
		t.Skip("short")
	}
	e := newTestEngine(t, EngineConfig{InstanceMemory: 4 << 20})
	var script strings.Builder
	for _, action := range soakActions {
		script.WriteString("action('" + action.name + "', function(n) " + action.script + " end)\n")
	}
	var images []*Image
	for _, isolation := range Isolations {
		image, _ := newTestImage(t, e, script.String(), func(c *ImageConfig) {
			c.Isolation, c.Limits = isolation, map[string]Limits{"action": {Time: 5 * time.Second}}
		})
		for _, name := range []string{"loops", "finds"} {
			image.Registration("action", name).limits.Time = 5 * time.Millisecond
		}
		images = append(images, image)
	}
	soak(t, images, executions/10)
	heap, resident, goroutines, descriptors := footprint(t)
	soak(t, images, executions-executions/10)
	heapAfter, residentAfter, goroutinesAfter, descriptorsAfter := footprint(t)
	t.Logf("heap %d -> %d KiB, resident %d -> %d KiB", heap>>10, heapAfter>>10, resident>>10, residentAfter>>10)
	if heapAfter > heap+heapBound {
		t.Errorf("heap in use: %d bytes before, %d after, more than %d more", heap, heapAfter, heapBound)
	}
	if residentAfter > resident+residentBound {
		t.Errorf("resident: %d bytes before, %d after, more than %d more", resident, residentAfter, residentBound)
	}
	if goroutinesAfter > goroutines {
		t.Errorf("%d goroutines before, %d after", goroutines, goroutinesAfter)
	}
	if descriptorsAfter > descriptors {
		t.Errorf("%d descriptors before, %d after", descriptors, descriptorsAfter)
	}
}

// soak runs executions of all actions, four at a time.
func soak(t *testing.T, images []*Image, executions int) {
	t.Helper()
	var all sync.WaitGroup
	for worker := range 4 {
		all.Go(func() {
			for n := worker; n < executions; n += 4 {
				action := soakActions[rand.IntN(len(soakActions))]
				if n%action.every != 0 {
					action = soakActions[n%4]
				}
				ctx, cancel := context.Background(), func() {}
				if action.name == "cancelled" {
					ctx, cancel = context.WithTimeout(ctx, time.Millisecond)
				}
				image := images[rand.IntN(len(images))]
				_, err := run(ctx, image, action.name, n)
				cancel()
				// Whoever waits, or was made to yield, beside an execution that has to be killed shares its end.
				matched := image.config.Isolation == IsolateScripts && errors.Is(err, ErrReset)
				for _, want := range action.want {
					matched = matched || errors.Is(err, want)
				}
				if !matched {
					t.Errorf("%s: got %v, want one of %v", action.name, err, action.want)
				}
			}
		})
	}
	all.Wait()
}

func footprint(t *testing.T) (heap, resident, goroutines, descriptors int) {
	t.Helper()
	time.Sleep(20 * time.Millisecond) // goroutines that have done their work leave
	for range 3 {                     // sync.Pool gives back what it holds at the second collection
		runtime.GC()
	}
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	return int(memory.HeapInuse), residentMemory(), runtime.NumGoroutine(), openDescriptors(t)
}
