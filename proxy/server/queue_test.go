package server

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"tidelock/proxy/stream"
)

// exchange returns a stream that waits for as long as ctx lasts.
func exchange(ctx context.Context) *stream.Stream { return &stream.Stream{Context: ctx} }

// Never more exchanges than slots, and all are served, however many want one at the same time.
func TestBackend_Assign_Hammer(t *testing.T) {
	b := backendOf("leastconn", Options{}, 1, 2)
	b.Servers()[0].SetMaxConn(2)
	b.Servers()[1].SetMaxConn(3)
	var served atomic.Int64
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			for range 40 {
				s, err := b.Assign(exchange(t.Context()), &Request{})
				if err != nil {
					t.Error(err)
					return
				}
				if n, _ := s.Load(); n > s.MaxConnNow() {
					t.Errorf("%d exchanges at once, %d allowed", n, s.MaxConnNow())
				}
				served.Add(1)
				s.Leave()
			}
		})
	}
	all.Wait()
	if served.Load() != 2000 || b.queue.total.Load() != 0 {
		t.Errorf("%d served, %d still wait", served.Load(), b.queue.total.Load())
	}
}

// occupied returns a backend whose one slot is taken.
func occupied(t *testing.T) *Backend {
	b := backendOf("roundrobin", Options{}, 1)
	b.Servers()[0].SetMaxConn(1)
	if _, err := b.Assign(exchange(t.Context()), &Request{}); err != nil {
		t.Fatal(err)
	}
	return b
}

func TestBackend_Assign_Errors(t *testing.T) {
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	down := backendOf("roundrobin", Options{}, 1)
	down.Servers()[0].SetHealth(Stopped, "")
	late := occupied(t)
	late.Timeouts.Queue = time.Millisecond
	tests := []struct {
		name    string
		backend *Backend
		ctx     context.Context
		want    error
	}{
		{"no server", down, t.Context(), ErrNoServer},
		{"too long in the queue", late, t.Context(), ErrQueueTimeout},
		{"the client went away", occupied(t), gone, context.Canceled},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := tt.backend.Assign(exchange(tt.ctx), &Request{})
			if !errors.Is(err, tt.want) {
				t.Errorf("got %v, want %v", err, tt.want)
			}
			if n := tt.backend.queue.total.Load(); n != 0 {
				t.Errorf("%d left in the queue", n)
			}
		})
	}
}

// The class goes before the time of arrival.
func TestBackend_Assign_Priority(t *testing.T) {
	b := occupied(t)
	served := make(chan int, 3)
	var all sync.WaitGroup
	for i, class := range []int{0, 5, -5} {
		all.Go(func() {
			s, err := b.Assign(exchange(t.Context()), &Request{PriorityClass: class})
			if err != nil {
				t.Error(err)
				return
			}
			served <- class
			s.Leave()
		})
		for b.queue.total.Load() != int64(i+1) {
			time.Sleep(time.Millisecond)
		}
	}
	b.Servers()[0].Leave()
	all.Wait()
	if got := [3]int{<-served, <-served, <-served}; got != [3]int{-5, 0, 5} {
		t.Errorf("served in the order %v", got)
	}
}

// What waits for a server that goes down is sent to another.
func TestBackend_Assign_Requeued(t *testing.T) {
	b := backendOf("roundrobin", Options{}, 1, 1)
	a := b.Servers()[0]
	a.SetMaxConn(1)
	if !a.enter() {
		t.Fatal("no slot")
	}
	got := make(chan *Server)
	go func() {
		s, _ := b.Assign(exchange(t.Context()), &Request{Bound: a})
		got <- s
	}()
	for a.queued.Load() == 0 {
		time.Sleep(time.Millisecond)
	}
	a.SetHealth(Stopped, "")
	if s := <-got; s != b.Servers()[1] {
		t.Errorf("went to %v", s)
	}
}

// A server that is checked goes down and comes up as its checks say, and nothing runs on after Close.
func TestBackend_StartChecks(t *testing.T) {
	var passes atomic.Bool
	var told sync.Map
	s := New(stream.Server{Name: "s", ID: 1}, Address{}, Settings{Weight: 1, Rise: 2, Fall: 2, Check: &Check{
		Inter: time.Millisecond,
		Probe: func(context.Context, *Server) Result {
			if passes.Load() {
				return Result{Status: Layer4OK}
			}
			return Result{Status: Layer4Error, Info: "Connection refused"}
		},
	}})
	b := prepared(s)
	b.Report = func(e Event) { told.Store(e.Text, true) }
	b.StartChecks()
	defer b.Close()
	wait := func(up bool) {
		for s.Usable() != up {
			time.Sleep(time.Millisecond)
		}
	}
	wait(false)
	passes.Store(true)
	wait(true)
	if _, ok := told.Load("backend b has no server available!"); !ok {
		t.Error("nobody was told")
	}
}

func TestRetry_Redispatches(t *testing.T) {
	tests := []struct {
		name     string
		interval int
		want     [3]bool
	}{
		{"never", 0, [3]bool{}},
		{"the last one", -1, [3]bool{false, false, true}},
		{"each", 1, [3]bool{true, true, true}},
		{"every second", 2, [3]bool{false, true, false}},
		{"the last but one", -2, [3]bool{false, true, false}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := Retry{Max: 3, Interval: tt.interval}
			for n := range 3 {
				if got := r.Redispatches(n + 1); got != tt.want[n] {
					t.Errorf("attempt %d: %v", n+1, got)
				}
			}
		})
	}
}
