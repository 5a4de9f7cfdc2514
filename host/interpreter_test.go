package host

import (
	"context"
	"errors"
	"testing"
	"time"
)

// TestEngineConfig_Interpreter runs a little of everything where wazero has no compiler.
func TestEngineConfig_Interpreter(t *testing.T) {
	e := newTestEngine(t, EngineConfig{Interpreter: true})
	image, w := newTestImage(t, e, `
count = 0
action("calls", function(n) count = count + 1 return add(n, 1), count, "text", {1} end)
action("waits", function() sleep(1) coroutine.wrap(sleep)(1) table.sort({2, 1}, function(a, b) sleep(1) return a < b end) return "waited" end)
action("fails", function() error("no luck") end)
action("catches", function() return pcall(error, "caught") end)
action("loops", function() while true do end end)
action("finds", function() return ("a"):rep(28):find(("a*"):rep(14) .. "b") end)`, func(c *ImageConfig) {
		c.Isolation = IsolateTransactions
		c.Limits = nil
		c.Quantum = 500 // the grace before a kill is counted in quanta, and the interpreter is slow
	})
	for _, name := range []string{"loops", "finds"} {
		image.Registration("action", name).limits.Time = 20 * time.Millisecond
	}
	for _, tt := range []struct {
		name, want string
		err        error
	}{
		{"calls", "42 1 text {[1]=1;}", nil},
		{"waits", "waited", nil},
		{"fails", "", ErrScript},
		{"catches", "false caught", nil},
		{"loops", "", ErrTimeout},
		{"finds", "", ErrKilled},
		{"calls", "42 1 text {[1]=1;}", nil},
	} {
		if got, err := run(context.Background(), image, tt.name, 41); got != tt.want || !errors.Is(err, tt.err) {
			t.Errorf("%s: got %q, %v, want %q, %v", tt.name, got, err, tt.want, tt.err)
		}
	}
	if got := w.output(); got != "" {
		t.Errorf("printed %q", got)
	}
}
