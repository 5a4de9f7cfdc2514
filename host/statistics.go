package host

import (
	"sync/atomic"
	"time"
)

// Statistics is what an engine holds now and has done so far.
type Statistics struct {
	Instances int64 // that there are
	Memory    int64 // bytes that they use beyond their images
	Clones    Work  // instances made of an image
	Resets    Work  // instances made equal to their image again, after an execution of their own
	Replaced  int64 // instances that were given up for a fresh one: killed, trapped, grown too large
}

// Work is how often something was done, and how long that took in all.
type Work struct {
	Times int64
	Took  time.Duration
}

// work counts what Statistics tells.
type work struct {
	instances, replaced atomic.Int64
	clones, resets      stopwatch
}

// stopwatch is a Work in progress.
type stopwatch struct{ times, took atomic.Int64 }

func (s *stopwatch) add(since time.Time) {
	s.times.Add(1)
	s.took.Add(int64(time.Since(since)))
}

func (s *stopwatch) work() Work { return Work{s.times.Load(), time.Duration(s.took.Load())} }

// Statistics returns the numbers as they are now.
func (e *Engine) Statistics() Statistics {
	w := &e.work
	return Statistics{
		Instances: w.instances.Load(), Memory: e.budget.used.Load(), Clones: w.clones.work(), Resets: w.resets.work(), Replaced: w.replaced.Load(),
	}
}
