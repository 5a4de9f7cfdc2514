package host

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"tidelock/abi"
	"tidelock/guest/lua54"
)

// testPrelude gives scripts the little that the host's own tests need; the real one is in guest/prelude.
const testPrelude = `
local host = ...
local register = host.bind("register")
function register_function(kind, name, f)
  local source, line = host.source(f)
  register(kind, name, host.ref(f), source, line)
end
function action(name, f) register_function("action", name, f) end
sleep, add, fail, echo, print = host.bind("sleep"), host.bind("add"), host.bind("fail"), host.bind("echo"), host.bind("print")
gate = host.bind("gate")
bind = host.bind
object = setmetatable({}, {__index = {read = host.bind("object.read", true)}})
new_object = host.bind("object.new")
`

// world is what the test prelude reaches: it records what scripts print and lets tests hold them at a gate.
type world struct {
	mu      sync.Mutex
	printed []string // guarded by mu
	gate    chan struct{}
	waiting sync.WaitGroup // counted down for each execution that arrives at the gate
}

func (w *world) print(line string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.printed = append(w.printed, line)
}

func (w *world) output() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return strings.Join(w.printed, "\n")
}

func (w *world) library() Library {
	return Libraries{Functions{
		"print": func(c *Call) error {
			var parts []string
			for c.Arguments.More() {
				parts = append(parts, show(c.Next()))
			}
			w.print(strings.Join(parts, "\t"))
			return nil
		},
		"add": func(c *Call) error {
			a, err := c.Int()
			if err != nil {
				return err
			}
			b, err := c.Int()
			c.Results.Int(a + b)
			return err
		},
		"fail": func(c *Call) error { return fmt.Errorf("refused: %s", show(c.Next())) },
		"echo": func(c *Call) error {
			for c.Arguments.More() {
				c.Results.Value(c.Next())
			}
			return nil
		},
		"gate": func(c *Call) error {
			return c.Park(func(ctx context.Context, _ *abi.Writer) error {
				w.waiting.Done()
				select {
				case <-w.gate:
					return nil
				case <-ctx.Done():
					return ctx.Err()
				}
			})
		},
		"object.new": func(c *Call) error {
			h, err := c.Execution.Hold("an object")
			c.Results.Handle(h)
			return err
		},
		"object.read": func(c *Call) error {
			o, err := c.Object()
			if err == nil {
				c.Results.String(o.(string))
			}
			return err
		},
	}, Standard(StandardConfig{})}
}

// show formats a value for comparison with a text.
func show(v abi.Value) string {
	switch v.Type {
	case abi.Nil:
		return "nil"
	case abi.False:
		return "false"
	case abi.True:
		return "true"
	case abi.Integer:
		return fmt.Sprint(v.Int)
	case abi.Float:
		return fmt.Sprint(v.Float)
	case abi.String:
		return string(v.Bytes)
	case abi.Table:
		var b strings.Builder
		for r := v.Entries(); r.More(); {
			fmt.Fprintf(&b, "[%s]=", show(r.Next()))
			b.WriteString(show(r.Next()) + ";")
		}
		return "{" + b.String() + "}"
	}
	return fmt.Sprintf("%v %d", v.Type, v.Int)
}

// newTestEngine returns an engine that is closed with the test. Compiled code is shared by all tests of a run.
func newTestEngine(tb testing.TB, config EngineConfig) *Engine {
	tb.Helper()
	if config.CacheDir == "" && !config.Interpreter {
		config.CacheDir = testCache
	}
	e, err := NewEngine(context.Background(), config)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := e.Close(context.Background()); err != nil {
			tb.Error(err)
		}
		if used := e.MemoryInUse(); used != 0 {
			tb.Errorf("%d bytes of the memory budget were never given back", used)
		}
	})
	return e
}

// newTestImage loads a script and seals it. configure may be nil.
func newTestImage(tb testing.TB, e *Engine, script string, configure func(*ImageConfig)) (*Image, *world) {
	tb.Helper()
	image, w := newOpenImage(tb, e, configure)
	if err := image.Load(context.Background(), Chunk{"@script.lua", script}); err != nil {
		tb.Fatal(err)
	}
	if err := image.Seal(context.Background()); err != nil {
		tb.Fatal(err)
	}
	return image, w
}

// newOpenImage makes an image that nothing was loaded into yet, closed with the test.
func newOpenImage(tb testing.TB, e *Engine, configure func(*ImageConfig)) (*Image, *world) {
	tb.Helper()
	w := &world{gate: make(chan struct{})}
	config := ImageConfig{
		Guest: lua54.Module, Prelude: []Chunk{{"=<test prelude>", testPrelude}}, Library: w.library(),
		Limits: map[string]Limits{"action": {Time: 100 * time.Millisecond}},
		Log:    func(_ *Execution, _ Level, text string) { w.print(text) },
	}
	if configure != nil {
		configure(&config)
	}
	image, err := e.NewImage(context.Background(), config)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := image.Close(); err != nil {
			tb.Error(err)
		}
	})
	return image, w
}

// run calls an action and returns its results as text.
func run(ctx context.Context, image *Image, name string, arguments ...any) (string, error) {
	r := image.Registration("action", name)
	if r == nil {
		return "", fmt.Errorf("no action %q", name)
	}
	x := r.Begin(ctx, nil)
	defer x.End()
	for _, a := range arguments {
		switch a := a.(type) {
		case int:
			x.Arguments.Int(int64(a))
		case string:
			x.Arguments.String(a)
		}
	}
	if err := x.Run(); err != nil {
		return "", err
	}
	var results []string
	for r := x.Results(); r.More(); {
		results = append(results, show(r.Next()))
	}
	return strings.Join(results, " "), nil
}
