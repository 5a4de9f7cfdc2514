package admin

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"tidelock/guest/lua54"
	"tidelock/host"
)

// newImage loads a script that registers actions and tasks.
func newImage(t *testing.T, observer host.Observer, script string) *host.Image {
	t.Helper()
	engine, err := host.NewEngine(context.Background(), host.EngineConfig{CacheDir: testCache})
	if err != nil {
		t.Fatal(err)
	}
	image, err := engine.NewImage(context.Background(), host.ImageConfig{
		Guest: lua54.Module, Library: host.Standard(host.StandardConfig{}), Observer: observer,
		Prelude: []host.Chunk{{Name: "=prelude", Source: `
local host = ...
local bind = host.bind("register")
function register(kind, name, f) local source, line = host.source(f) bind(kind, name or "", host.ref(f), source, line) end
sleep, yield = host.bind("sleep"), host.bind("yield")`}},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(image.Close(), engine.Close(context.Background())); err != nil {
			t.Error(err)
		}
	})
	if err := image.Load(context.Background(), host.Chunk{Name: "@s.lua", Source: script}); err != nil {
		t.Fatal(err)
	}
	if err := image.Seal(context.Background()); err != nil {
		t.Fatal(err)
	}
	return image
}

const actions = `register("action", "quick", function() end)
register("action", "bad", function() error("no") end)
register("action", "wait", function() sleep(1) sleep(1) end)
register("action", "busy", function() for _ = 1, 100 do sleep(0) end end)
register("task", nil, function() sleep(1e9) end)`

func call(image *host.Image, name string) {
	x := image.Registration("action", name).Begin(context.Background(), nil)
	defer x.End()
	x.Run() //nolint:errcheck // the viewer sees it
}

// describe writes a state without what takes time.
func describe(x *Execution) string {
	text := fmt.Sprintf("%s %s %s", x.Title(), x.Place(), x.State)
	for _, w := range x.Waits {
		text += " " + w.Function
	}
	if x.State == Ended {
		text += fmt.Sprintf(" %s %q traceback:%t fuel:%t memory:%t", x.Outcome, x.Error, x.Traceback != "", x.Fuel > 0, x.Memory > 0)
	}
	return text
}

func TestExecutions(t *testing.T) {
	s, client := started(t, "")
	s.Executions.history = 64
	image := newImage(t, s.Executions, actions)
	call(image, "quick") // nobody looks on
	for _, tc := range []struct {
		name, query, action string
		want                []string
	}{
		{"returns", "", "quick", []string{"action quick s.lua:1 running", `action quick s.lua:1 ended ok "" traceback:false fuel:true memory:true`}},
		{"waits", "?registration=s.lua:3", "wait", []string{"action wait s.lua:3 running", "action wait s.lua:3 waiting sleep", "action wait s.lua:3 running sleep",
			"action wait s.lua:3 waiting sleep sleep", "action wait s.lua:3 running sleep sleep",
			`action wait s.lua:3 ended ok "" traceback:false fuel:true memory:true sleep sleep`}},
		{"fails", "?outcome=failed&registration=action+bad", "bad", []string{`action bad s.lua:2 ended error "s.lua:2: no" traceback:true fuel:true memory:true`}},
		{"slow", "?slow=1ms", "wait", []string{`action wait s.lua:3 ended ok "" traceback:false fuel:true memory:true sleep sleep`}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			next := streamed(t, client, tc.query)
			call(image, tc.action)
			for _, want := range tc.want {
				words := strings.Fields(want)
				slices.Sort(words)
				line := next()
				got := strings.Fields(describe(line.Execution))
				slices.Sort(got)
				if !slices.Equal(got, words) {
					t.Errorf("got  %s\nwant %s", describe(line.Execution), want)
				}
			}
		})
	}
}

// A task is shown to viewers that come when it has long begun.
func TestExecutions_task(t *testing.T) {
	s, client := started(t, "")
	image := newImage(t, s.Executions, actions)
	image.StartTasks()
	for { // the first viewer may come before the task waits
		next := streamed(t, client, "?registration=task")
		if line := next(); describe(line.Execution) == "task s.lua:5 waiting sleep" {
			break
		}
	}
}

// A viewer that does not look misses states, and holds up nobody.
func TestExecutions_slowViewer(t *testing.T) {
	e := NewExecutions(3)
	image := newImage(t, e, actions)
	v := e.View(Filter{})
	call(image, "busy")
	v.Close()
	if got := v.Missed(); len(v.States()) != 3 || got != 1+200+1-3 {
		t.Errorf("%d states, %d missed", len(v.States()), got)
	}
	call(image, "quick")
	if len(e.live) > 0 || e.looking.Load() != 0 {
		t.Errorf("%d executions are kept", len(e.live))
	}
}

func TestExecution_bounds(t *testing.T) {
	var x Execution
	for range 100 {
		x.waits("")
		x.goesOn()
	}
	if len(x.Waits) != maxWaits || x.WaitCount != 100 || x.Waits[0].Function != "yield" {
		t.Errorf("%d waits of %d", len(x.Waits), x.WaitCount)
	}
	if got := shortened(strings.Repeat("é", maxText)); len(got) > maxText+3 || !strings.HasSuffix(got, "é...") {
		t.Errorf("%d bytes", len(got))
	}
}

func TestFilter_Values(t *testing.T) {
	want := Filter{Registration: "fetch x", Outcome: "timeout", Slow: 5000}
	if got, err := ParseFilter(want.Values()); err != nil || got != want {
		t.Errorf("got %+v, %v", got, err)
	}
}

// Nobody looks on: an execution costs what it costs without an observer.
func TestExecutions_allocations(t *testing.T) {
	image := newImage(t, NewExecutions(1), actions)
	r := image.Registration("action", "quick")
	if n := testing.AllocsPerRun(100, func() {
		x := r.Begin(context.Background(), nil)
		x.Run() //nolint:errcheck // it has none
		x.End()
	}); n > 0 {
		t.Errorf("%v allocations", n)
	}
}
