package host

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"
)

// TestCoroutine_close ends coroutines whose variables do not let themselves be closed quietly. The instance has to
// survive each.
func TestCoroutine_close(t *testing.T) {
	const endless = `local x <close> = setmetatable({}, {__close = function() while true do end end}) `
	e := newTestEngine(t, EngineConfig{})
	for _, tt := range []struct {
		name, script, message string
		want                  error
	}{
		{"suspended", `local co = coroutine.create(function() ` + endless + ` coroutine.yield() end)
			coroutine.resume(co) coroutine.close(co)`, "script.lua:", ErrTimeout},
		{"failed", `local co = coroutine.create(function() ` + endless + ` error("x") end)
			coroutine.resume(co) coroutine.close(co)`, "script.lua:", ErrTimeout},
		{"failed inside wrap", `coroutine.wrap(function() ` + endless + ` error("x") end)()`, "script.lua:", ErrTimeout},
		{"the execution's own", endless + `error("x")`, "script.lua:", ErrTimeout},
		{"each other", `local list = {}
			local function closes_next(i)
				local x <close> = setmetatable({}, {__close = function() if list[i + 1] then assert(coroutine.close(list[i + 1])) end end})
				coroutine.yield()
			end
			for i = 1, 30000 do
				list[i] = coroutine.create(closes_next)
				coroutine.resume(list[i], i)
			end
			assert(coroutine.close(list[1]))`, "C stack overflow", ErrScript},
		{"a finished one", `local co = coroutine.create(function() end)
			coroutine.resume(co) assert(coroutine.close(co)) error("done")`, "done", ErrScript},
		{"itself", `coroutine.close(coroutine.running())`, "cannot close a running coroutine", ErrScript},
		{"a failed one twice", `local co = coroutine.create(function() error("x", 0) end)
			coroutine.resume(co)
			local first, message = coroutine.close(co)
			error(tostring(first) .. message .. tostring(coroutine.close(co)), 0)`, "falsextrue", ErrScript},
	} {
		t.Run(tt.name, func(t *testing.T) {
			image, _ := newTestImage(t, e, `
action("bad", function() `+tt.script+` end)
action("good", function() return coroutine.wrap(function() return 1 end)() end)`, func(c *ImageConfig) {
				c.Isolation = IsolateScripts
				c.Limits = map[string]Limits{"action": {Time: time.Second / 2}}
			})
			if _, err := run(context.Background(), image, "bad"); !errors.Is(err, tt.want) || !strings.Contains(err.Error(), tt.message) {
				t.Errorf("got %v, want %v with %q", err, tt.want, tt.message)
			}
			if got, err := run(context.Background(), image, "good"); err != nil || got != "1" {
				t.Errorf("afterwards: %q, %v", got, err)
			}
		})
	}
}

// A script can keep the coroutine of an execution. It is of no use to it.
func TestCoroutine_kept(t *testing.T) {
	e := newTestEngine(t, EngineConfig{})
	image, _ := newTestImage(t, e, `
local kept
action("fails", function() kept = coroutine.running() error(print) end)
action("returns", function() kept = coroutine.running() end)
action("resumes", function() return select(2, coroutine.resume(kept)) end)`, func(c *ImageConfig) { c.Isolation = IsolateScripts })
	for name, want := range map[string]string{
		"fails":   "cannot resume dead coroutine",
		"returns": "cannot resume non-suspended coroutine", // it is the one that resumes, used again
	} {
		run(context.Background(), image, name) //nolint:errcheck // one of them fails
		if got, err := run(context.Background(), image, "resumes"); err != nil || got != want {
			t.Errorf("after one that %s: %q, %v", name, got, err)
		}
	}
}
