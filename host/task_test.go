package host

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

// ended is what TaskEnded is told.
type ended struct {
	name string
	err  error
}

func TestImage_StartTasks(t *testing.T) {
	e := newTestEngine(t, EngineConfig{})
	for _, isolation := range Isolations {
		t.Run(string(isolation), func(t *testing.T) {
			tasks := make(chan ended, 10)
			image, w := newTestImage(t, e, `
register_function("task", "returns", function() sleep(1) print("slept") end)
register_function("task", "fails", function() sleep(1) error("no luck") end)
register_function("task", "sleeps", function() sleep(1e9) end)`, func(c *ImageConfig) {
				c.Isolation = isolation
				c.TaskEnded = func(r *Registration, err error) { tasks <- ended{r.Name, err} }
			})
			if got := w.output(); got != "" {
				t.Errorf("before it is asked to start them: %q", got)
			}
			image.StartTasks()
			for range 2 {
				switch task := <-tasks; task.name {
				case "returns":
					if task.err != nil {
						t.Error(task.err)
					}
				case "fails":
					if !errors.Is(task.err, ErrScript) || !strings.Contains(task.err.Error(), "script.lua:3: no luck") {
						t.Errorf("got %v", task.err)
					}
				default:
					t.Errorf("%s has ended: %v", task.name, task.err)
				}
			}
			if got := w.output(); got != "slept" {
				t.Errorf("printed %q", got)
			}
			if err := image.Close(); err != nil {
				t.Error(err)
			}
			if len(tasks) != 0 {
				t.Errorf("told of a task that Close ended: %v", <-tasks)
			}
		})
	}
}

func TestImage_register_atRunTime(t *testing.T) {
	const script = `
action("task", function(text) register_function("task", "", function() print("task", text) sleep(0) error("done") end) end)
action("action", function() action("late", function() end) end)
action("many", function() while true do register_function("task", "", function() sleep(1e9) end) end end)`
	e := newTestEngine(t, EngineConfig{})
	for _, isolation := range []Isolation{IsolateRegistrations, IsolateScripts} {
		t.Run(string(isolation), func(t *testing.T) {
			tasks := make(chan ended, 10)
			image, w := newTestImage(t, e, script, func(c *ImageConfig) {
				c.Isolation = isolation
				c.TaskEnded = func(r *Registration, err error) { tasks <- ended{r.Name, err} }
			})
			if _, err := run(context.Background(), image, "task", "text"); err != nil {
				t.Error(err)
			}
			if task := <-tasks; !strings.Contains(fmt.Sprint(task.err), "done") {
				t.Errorf("the task has ended with %v", task.err)
			}
			if got := w.output(); got != "task\ttext" {
				t.Errorf("printed %q", got)
			}
			if _, err := run(context.Background(), image, "action"); !strings.Contains(fmt.Sprint(err), "can be registered only while the script is loaded") {
				t.Errorf("registering an action: %v", err)
			}
		})
	}
	t.Run(string(IsolateTransactions), func(t *testing.T) {
		image, _ := newTestImage(t, e, script, func(c *ImageConfig) { c.Isolation = IsolateTransactions })
		if _, err := run(context.Background(), image, "task"); !strings.Contains(fmt.Sprint(err), "this instance ends with the execution") {
			t.Errorf("got %v", err)
		}
	})
	t.Run("too many", func(t *testing.T) {
		image, _ := newTestImage(t, e, script, func(c *ImageConfig) { c.Limits = nil })
		if _, err := run(context.Background(), image, "many"); !strings.Contains(fmt.Sprint(err), "more than 4096 tasks run") {
			t.Errorf("got %v", err)
		}
	})
}

// A task that is registered at run time lives in its instance. When that is replaced, another function may have got the
// task's number by the time when the task gets its turn.
func TestImage_register_atRunTime_replaced(t *testing.T) {
	e := newTestEngine(t, EngineConfig{})
	tasks := make(chan error, 2)
	image, w := newTestImage(t, e, `
local queue = bind("queue")
action("killed", function()
	queue()
	register_function("task", "", function() print("first") end)
	return ("a"):rep(28):find(("a*"):rep(14) .. "b")
end)
action("registers", function() register_function("task", "", function() print("second") end) sleep(0) end)`, func(c *ImageConfig) {
		c.Isolation = IsolateScripts
		c.TaskEnded = func(_ *Registration, err error) { tasks <- err }
		c.Library = Libraries{Functions{"queue": func(c *Call) error {
			go run(context.Background(), c.Execution.instance.image, "registers") //nolint:errcheck // the task tells
			for !c.Execution.instance.turn.contended() {
				time.Sleep(time.Millisecond)
			}
			return nil
		}}, c.Library}
	})
	if _, err := run(context.Background(), image, "killed"); !errors.Is(err, ErrKilled) {
		t.Errorf("got %v, want %v", err, ErrKilled)
	}
	if one, other := <-tasks, <-tasks; !errors.Is(errors.Join(one, other), ErrReset) || one != nil && other != nil {
		t.Errorf("the tasks have ended with %v and %v, want %v and nothing", one, other, ErrReset)
	}
	if got := w.output(); got != "second" {
		t.Errorf("printed %q", got)
	}
}

// A task runs in each instance of those whose variables it shares, as in HAProxy each thread runs the tasks of its own
// scripts. One that shares with nobody runs once.
func TestImage_StartTasks_perInstance(t *testing.T) {
	e := newTestEngine(t, EngineConfig{})
	image, w := newTestImage(t, e, `
local seen
register_function("task", "shares", function() seen = true print("shares") end)
register_function("task", "alone", function() print("alone") end)
action("seen", function() return seen and 1 or 0 end)`, func(c *ImageConfig) { c.Instances = 3 })
	image.StartTasks()
	image.tasks.Wait()
	if got := strings.Count(w.output(), "shares"); got != 3 {
		t.Errorf("the task that shares ran %d times", got)
	}
	if got := strings.Count(w.output(), "alone"); got != 1 {
		t.Errorf("the other one ran %d times", got)
	}
	for range 20 {
		if got, err := run(context.Background(), image, "seen"); err != nil || got != "1" {
			t.Errorf("got %s, %v", got, err)
		}
	}
}
