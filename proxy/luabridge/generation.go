package luabridge

import (
	"sync/atomic"
	"time"
)

// generation is one version of a bundle's scripts, loaded. While it serves, another one can be loaded beside it; once that
// has taken its place, executions that are under way end in it, and then it is closed.
type generation struct {
	*image
	since      time.Time     // it serves
	executions atomic.Uint64 // of what the configuration has bound
	errors     atomic.Uint64 // how many of them failed
	// users are the executions under way, and one more while the generation serves. 0 is final.
	users atomic.Int64
	idle  chan struct{} // closed when users is 0
}

func newGenerationOf(m *image) *generation {
	g := &generation{image: m, since: time.Now(), idle: make(chan struct{})}
	g.users.Store(1)
	m.generation = g
	return g
}

// enter begins an execution, unless the generation has ended.
func (g *generation) enter() bool {
	for {
		n := g.users.Load()
		if n == 0 {
			return false
		}
		if g.users.CompareAndSwap(n, n+1) {
			g.executions.Add(1)
			return true
		}
	}
}

// leave ends what enter began.
func (g *generation) leave() {
	if g.users.Add(-1) == 0 {
		close(g.idle)
	}
}

// retire ends the tasks and the subscriptions at once, and closes the scripts when the last execution has ended, or the
// bridge.
func (g *generation) retire() {
	g.end()
	g.leave()
	g.bridge.retired.Go(func() {
		g.EndTasks()
		select {
		case <-g.idle:
		case <-g.bridge.life.Done():
		}
		g.close() //nolint:errcheck // there is nobody to tell, and nothing to do about it
	})
}
