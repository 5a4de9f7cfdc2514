package server

import (
	"container/heap"
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"tidelock/proxy/counter"
	"tidelock/proxy/stream"
)

// Why an exchange gets no server.
var (
	ErrNoServer     = errors.New("server: none is available")
	ErrQueueTimeout = errors.New("server: the wait in the queue took too long")
)

// queue holds the exchanges that wait for a slot: those bound to a server in the server's line, the others in one for all.
type queue struct {
	mu     sync.Mutex
	any    waiters      // guarded by mu; bound to no server
	length atomic.Int64 // of any
	total  atomic.Int64 // of all lines
	joined uint64       // guarded by mu
}

// waiter is an exchange in a queue.
type waiter struct {
	class, offset int
	joined        uint64
	line          *waiters
	index         int
	start         uint64       // how many had left the line when it joined
	position      int          // how many have left it since, itself included, once it has
	granted       chan *Server // nil means to choose again; holds one
}

// waiters are a heap, the next one first.
type waiters struct {
	list   []*waiter
	length *atomic.Int64
	total  *atomic.Int64
	left   uint64       // how many have left
	row    *counter.Row // of the server or backend
}

func (w *waiters) Len() int { return len(w.list) }

func (w *waiters) Less(i, j int) bool { return w.list[i].before(w.list[j]) }

func (w *waiters) Swap(i, j int) {
	w.list[i], w.list[j] = w.list[j], w.list[i]
	w.list[i].index, w.list[j].index = i, j
}

func (w *waiters) Push(x any) {
	e := x.(*waiter)
	e.line, e.index, e.start = w, len(w.list), w.left
	w.list = append(w.list, e)
	w.length.Add(1)
	w.total.Add(1)
	if w.row != nil {
		w.row.Queue.Enter()
	}
}

func (w *waiters) Pop() any {
	last := len(w.list) - 1
	e := w.list[last]
	w.list[last] = nil
	w.list = w.list[:last]
	e.line, e.index = nil, -1
	w.left++
	e.position = int(w.left - e.start)
	w.length.Add(-1)
	w.total.Add(-1)
	if w.row != nil {
		w.row.Queue.Leave()
	}
	return e
}

// before orders by class, then by time, which the offset moves (http-request set-priority-class, set-priority-offset).
func (w *waiter) before(other *waiter) bool {
	switch {
	case w.class != other.class:
		return w.class < other.class
	case w.offset != other.offset:
		return w.offset < other.offset
	}
	return w.joined < other.joined
}

// hasRoom reports whether the server could take an exchange now.
func (s *Server) hasRoom() bool {
	limit := s.limit()
	return limit == 0 || s.queued.Load() == 0 && s.load.Load() < limit
}

// hasRoomInQueue is hasRoom for algorithms that let exchanges queue at a server, where that has a bounded queue.
func (s *Server) hasRoomInQueue() bool {
	limit := s.limit()
	return limit == 0 || s.load.Load()+s.queued.Load() < limit+int64(s.MaxQueue)
}

// limit returns how many exchanges the server takes at a time, 0 for any number. With MinConn it follows the backend's
// load.
func (s *Server) limit() int64 {
	limit := s.maxConn.Load()
	if limit == 0 || s.MinConn <= 0 || int64(s.MinConn) >= limit || s.backend.FullConn <= 0 {
		return limit
	}
	load := s.backend.queue.total.Load()
	for _, other := range s.backend.Servers() {
		load += other.load.Load()
	}
	if full := int64(s.backend.FullConn); load < full {
		return max(int64(s.MinConn), limit*load/full)
	}
	return limit
}

// enter takes a slot and reports whether there was one.
func (s *Server) enter() bool {
	limit := s.limit()
	if limit == 0 {
		s.load.Add(1)
		s.loaded()
		return true
	}
	for {
		n := s.load.Load()
		if n >= limit {
			return false
		}
		if s.load.CompareAndSwap(n, n+1) {
			s.loaded()
			return true
		}
	}
}

// loaded notes a change of the load.
func (s *Server) loaded() {
	b := s.backend
	if b.Algorithm.tracksLoad() {
		s.moved.Store(b.order.Add(1))
	}
}

func (a *Algorithm) tracksLoad() bool { return a.Name == "leastconn" }

// Leave gives a slot back, and hands it to whoever waits.
func (s *Server) Leave() {
	s.load.Add(-1)
	s.loaded()
	if s.backend.queue.total.Load() > 0 {
		s.backend.queue.mu.Lock()
		s.dispatch()
		s.backend.queue.mu.Unlock()
	}
}

// dispatch hands free slots of the server to those that wait. The queue's mu is held.
func (s *Server) dispatch() {
	q := &s.backend.queue
	for {
		line := &s.line
		if s.Usable() && len(q.any.list) > 0 && (len(line.list) == 0 || q.any.list[0].before(line.list[0])) {
			line = &q.any
		}
		if len(line.list) == 0 || !s.enter() {
			return
		}
		heap.Pop(line).(*waiter).granted <- s
	}
}

// dispatchAll lets the servers that have become usable take what waits.
func (b *Backend) dispatchAll() {
	if b.queue.total.Load() == 0 {
		return
	}
	b.queue.mu.Lock()
	defer b.queue.mu.Unlock()
	for _, s := range b.Servers() {
		s.dispatch()
	}
}

// requeue sends those that wait for the server to choose again, and returns how many they are.
func (b *Backend) requeue(s *Server) int {
	b.queue.mu.Lock()
	defer b.queue.mu.Unlock()
	n := len(s.line.list)
	for len(s.line.list) > 0 {
		heap.Pop(&s.line).(*waiter).granted <- nil
	}
	return n
}

// Request is what an exchange asks of a backend.
type Request struct {
	Key   uint32
	Keyed bool
	// Bound is the server that the exchange belongs to; nil for none.
	Bound *Server
	// Forced goes to Bound even if that is down.
	Forced bool
	// Avoid is a server that has just failed.
	Avoid *Server
	// Sticky waits for Bound rather than go to another server when Bound's queue is full.
	Sticky bool

	PriorityClass, PriorityOffset int

	// Waited tells that there was no slot at once. ServerQueue and BackendQueue are how many left the queue while it stood
	// in it, itself included (%sq, %bq).
	Waited                    bool
	ServerQueue, BackendQueue int
}

// Assign finds a server and takes a slot of it, waiting where all are taken. The slot is given back with Leave. Errors are
// ErrNoServer, ErrQueueTimeout and the context's.
func (b *Backend) Assign(s *stream.Stream, r *Request) (*Server, error) {
	for {
		chosen := r.Bound
		if chosen != nil && !r.Forced && !chosen.Reachable() {
			chosen, r.Bound = nil, nil
		}
		if chosen != nil && !r.Sticky && chosen.MaxQueue > 0 && chosen.queued.Load() >= int64(chosen.MaxQueue) {
			chosen, r.Bound = nil, nil
		}
		if chosen == nil {
			chosen = b.Direct
		}
		if chosen == nil {
			if chosen = b.Next(r.Key, r.Keyed, r.Avoid); chosen == nil && b.current().chooser == nil {
				return nil, ErrNoServer
			}
		}
		if chosen != nil && chosen.queued.Load() == 0 && chosen.enter() {
			return chosen, nil
		}
		granted, err := b.wait(s.Context, chosen, r)
		if granted != nil || err != nil {
			return granted, err
		}
	}
}

// wait queues for a server, or any when it is nil. It returns nil when the exchange has to choose again.
func (b *Backend) wait(ctx context.Context, at *Server, r *Request) (*Server, error) {
	w := &waiter{class: r.PriorityClass, offset: r.PriorityOffset, granted: make(chan *Server, 1)}
	b.join(w, at)
	r.Waited = true
	defer func() {
		if at != nil {
			r.ServerQueue = w.position
		} else {
			r.BackendQueue = w.position
		}
	}()
	timeout := b.Timeouts.Queue
	if timeout == 0 {
		timeout = b.Timeouts.Connect
	}
	var expired <-chan time.Time
	if timeout > 0 {
		timer := time.NewTimer(timeout)
		defer timer.Stop()
		expired = timer.C
	}
	var err error
	select {
	case s := <-w.granted:
		return s, nil
	case <-expired:
		err = ErrQueueTimeout
	case <-ctx.Done():
		err = ctx.Err()
	}
	b.queue.mu.Lock()
	if w.line != nil {
		heap.Remove(w.line, w.index)
	}
	b.queue.mu.Unlock()
	select {
	case s := <-w.granted: // at the very moment that the wait ended
		if s != nil {
			s.Leave()
		}
	default:
	}
	return nil, err
}

// join puts a waiter in line, and looks whether a slot became free meanwhile: whoever gave one back before it stood in
// line did not see it.
func (b *Backend) join(w *waiter, at *Server) {
	q := &b.queue
	q.mu.Lock()
	defer q.mu.Unlock()
	q.joined++
	w.joined = q.joined
	if at != nil {
		heap.Push(&at.line, w)
		at.dispatch()
		return
	}
	heap.Push(&q.any, w)
	for i := range b.current().members {
		b.current().members[i].dispatch()
	}
}
