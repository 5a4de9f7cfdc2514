package host

import (
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"testing"
	"time"
)

// FuzzSharing holds that a script cannot tell isolation "auto" from "script": random registrations, called in a random
// order, give the same results. Those that are said to keep nothing run in a fresh instance each time.
func FuzzSharing(f *testing.F) {
	e := newTestEngine(f, EngineConfig{})
	seeds := uint64(100)
	if testing.Short() {
		seeds = 15
	}
	for seed := range seeds {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed uint64) { testSharing(t, e, seed) })
}

// TestSharing_soak does the same for as long as TIDELOCK_SHARING says.
func TestSharing_soak(t *testing.T) {
	duration, err := time.ParseDuration(os.Getenv("TIDELOCK_SHARING"))
	if err != nil {
		t.Skip("TIDELOCK_SHARING=10m runs it")
	}
	e := newTestEngine(t, EngineConfig{})
	seed := rand.Uint64()
	count, groups, registrations := 0, 0, 0
	for end := time.Now().Add(duration); time.Now().Before(end) && !t.Failed(); seed++ {
		g, r := testSharing(t, e, seed)
		count, groups, registrations = count+1, groups+g, registrations+r
	}
	t.Logf("%d programs, %d registrations in %d groups", count, registrations, groups)
}

func testSharing(t *testing.T, e *Engine, seed uint64) (groups, registrations int) {
	script, actions := writeProgram(seed)
	images := make(map[Isolation]*Image)
	for _, isolation := range []Isolation{IsolateScripts, IsolateAutomatically} {
		image, _ := newOpenImage(t, e, func(c *ImageConfig) { c.Isolation, c.Processors, c.LoadTime = isolation, 2, time.Second })
		defer image.Close()
		if err := image.Load(context.Background(), Chunk{"@script.lua", script}); err != nil {
			return 0, 0 // the same for both
		}
		if err := image.Seal(context.Background()); err != nil {
			t.Fatalf("seed %d: %v\n%s", seed, err, script)
		}
		images[isolation] = image
	}
	automatic := images[IsolateAutomatically]
	random := rand.New(rand.NewPCG(seed, 2))
	for call := range 12 {
		name := actions[random.IntN(len(actions))]
		want, err := run(context.Background(), images[IsolateScripts], name, "argument")
		got, err2 := run(context.Background(), automatic, name, "argument")
		if late(err) || late(err2) {
			return 0, 0
		}
		if got != want || (err == nil) != (err2 == nil) {
			t.Fatalf("seed %d, call %d, of %s: %q %v instead of %q %v\n%s\n%v", seed, call, name, got, err2, want, err, script, joinsOf(automatic))
		}
		if r := automatic.Registration("action", name); r.Parallel {
			in := r.group.instances[0]
			in.turn.tryAcquire()
			in.replace()
			in.turn.release()
		}
	}
	last := 0
	for _, r := range automatic.Registrations() {
		last = max(last, r.Group)
	}
	return last, len(actions)
}

// late says that an execution ran out of something, which depends on more than the script.
func late(err error) bool {
	return errors.Is(err, ErrTimeout) || errors.Is(err, ErrKilled) || errors.Is(err, ErrOutOfMemory)
}
