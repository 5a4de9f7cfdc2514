package luabridge

import (
	"context"
	"sync"
	"sync/atomic"

	"go.opentelemetry.io/otel/trace"
)

// sharedCauses know which execution has changed a key of core.shared last, as long as somebody waits for that: the store
// itself, which may be another process, keeps values and nothing else.
type sharedCauses struct {
	waiters atomic.Int64 // of all keys: where there are none, changes cost nothing
	mu      sync.Mutex
	keys    map[string]*sharedCause // guarded by mu
}

type sharedCause struct {
	waiters int
	last    trace.SpanContext
}

// await notes that somebody waits for a key, until leave is called: that returns what has changed it meanwhile.
func (s *sharedCauses) await(key string) (leave func() trace.SpanContext) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.keys == nil {
		s.keys = map[string]*sharedCause{}
	}
	of := s.keys[key]
	if of == nil {
		of = &sharedCause{}
		s.keys[key] = of
	}
	of.waiters++
	s.waiters.Add(1)
	return func() trace.SpanContext {
		s.waiters.Add(-1)
		s.mu.Lock()
		defer s.mu.Unlock()
		if of.waiters--; of.waiters == 0 {
			delete(s.keys, key)
		}
		return of.last
	}
}

// changes notes that the execution of a context is about to change a key.
func (s *sharedCauses) changes(ctx context.Context, key string) {
	if s.waiters.Load() == 0 {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if of := s.keys[key]; of != nil {
		of.last = trace.SpanContextFromContext(ctx)
	}
}
