package host

import (
	"context"
	"errors"
	"os"
	"strings"
	"sync"
	"testing"
	"time"
)

// openDescriptors counts the file descriptors of the process, where it can.
func openDescriptors(tb testing.TB) int {
	tb.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		tb.Skip("descriptors can be counted on Linux alone")
	}
	return len(entries)
}

// TestImage_Close closes images while executions run, wait and queue, and tasks sleep.
func TestImage_Close(t *testing.T) {
	const script = `
action("loop", function() print("running") while true do end end)
action("sort", function() print("running") table.sort({2, 1}, function() while true do end end) end) -- and cannot yield
action("wait", function() gate() return "went on" end)
action("idle", function() end)
register_function("task", "sleeps", function() while true do sleep(1e9) end end)
register_function("task", "loops", function() while true do pcall(function() while true do end end) end end)`
	e := newTestEngine(t, EngineConfig{})
	warm, _ := newTestImage(t, e, script, func(c *ImageConfig) { c.Isolation = IsolateTransactions })
	if _, err := run(context.Background(), warm, "idle"); err != nil { // opens what is opened once
		t.Fatal(err)
	}
	for _, isolation := range Isolations {
		t.Run(string(isolation), func(t *testing.T) {
			memory, descriptors := e.MemoryInUse(), openDescriptors(t)
			image, w := newTestImage(t, e, script, func(c *ImageConfig) { c.Isolation, c.Limits = isolation, nil })
			image.StartTasks()
			failed := make(chan error)
			begin := func(name string, n int) {
				for range n {
					go func() {
						_, err := run(context.Background(), image, name)
						failed <- err
					}()
				}
			}
			w.waiting.Add(10)
			begin("wait", 10)
			w.waiting.Wait()
			begin("loop", 3)
			begin("sort", 1)
			for !strings.Contains(w.output(), "running") || isolation != IsolateScripts && strings.Count(w.output(), "running") < 2 {
				time.Sleep(time.Millisecond)
			}
			if err := image.Close(); err != nil {
				t.Error(err)
			}
			for range 4 {
				if err := <-failed; !errors.Is(err, ErrClosed) && !errors.Is(err, ErrKilled) {
					t.Errorf("running: got %v, want %v", err, ErrClosed)
				}
			}
			if got := e.MemoryInUse(); got != memory {
				t.Errorf("%d bytes in use before, %d after", memory, got)
			}
			if got := openDescriptors(t); got != descriptors {
				t.Errorf("%d descriptors before, %d after", descriptors, got)
			}
			close(w.gate)
			for range 10 {
				if err := <-failed; !errors.Is(err, ErrClosed) {
					t.Errorf("waiting: got %v, want %v", err, ErrClosed)
				}
			}
			if _, err := run(context.Background(), image, "idle"); !errors.Is(err, ErrClosed) {
				t.Errorf("afterwards: got %v, want %v", err, ErrClosed)
			}
			image.StartTasks() // starts none
			if err := image.Close(); err != nil {
				t.Errorf("again: %v", err)
			}
		})
	}
}

// TestImage_Close_hammer closes images in the midst of short executions, which either end well or are told.
func TestImage_Close_hammer(t *testing.T) {
	e := newTestEngine(t, EngineConfig{})
	for _, isolation := range Isolations {
		t.Run(string(isolation), func(t *testing.T) {
			for round := range 20 {
				image, _ := newTestImage(t, e, `
action("short", function() local t = {} for i = 1, 100 do t[i] = {} end return #t end)
action("sleeps", function() sleep(0) return 1 end)
action("registers", function() register_function("task", "", function() end) end)`,
					func(c *ImageConfig) { c.Isolation, c.Limits = isolation, nil })
				var all sync.WaitGroup
				for _, name := range []string{"short", "short", "sleeps", "registers"} {
					all.Go(func() {
						for {
							_, err := run(context.Background(), image, name)
							if errors.Is(err, ErrClosed) {
								return
							}
							if err != nil && !(name == "registers" && errors.Is(err, ErrScript)) {
								t.Errorf("%s: %v", name, err)
								return
							}
						}
					})
				}
				time.Sleep(time.Duration(round) * 100 * time.Microsecond)
				if err := image.Close(); err != nil {
					t.Error(err)
				}
				all.Wait()
			}
		})
	}
}
