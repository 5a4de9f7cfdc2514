package host

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"testing"
	"time"
)

func TestTurn_order(t *testing.T) {
	var turn turn
	if !turn.tryAcquire() || turn.tryAcquire() {
		t.Fatal("a turn can be had once")
	}
	if turn.contended() {
		t.Error("contended while nobody waits")
	}
	var order []int // guarded by turn
	var all sync.WaitGroup
	for i := range 10 {
		all.Go(func() {
			turn.acquire(context.Background()) //nolint:errcheck // cannot end early
			order = append(order, i)
			turn.release()
		})
		for turn.waiting.Load() != int32(i+1) {
			time.Sleep(10 * time.Microsecond)
		}
	}
	if !turn.contended() {
		t.Error("not contended while ten wait")
	}
	turn.release()
	all.Wait()
	for i, got := range order {
		if got != i {
			t.Fatalf("turns were given in the order %v", order)
		}
	}
	if turn.contended() || !turn.tryAcquire() {
		t.Error("not free afterwards")
	}
}

func TestTurn_acquire_cancelled(t *testing.T) {
	var turn turn
	turn.tryAcquire()
	cause := errors.New("the client has left")
	ctx, cancel := context.WithCancelCause(context.Background())
	failed := make(chan error)
	go func() { failed <- turn.acquire(ctx) }()
	for !turn.contended() {
		time.Sleep(10 * time.Microsecond)
	}
	cancel(cause)
	if err := <-failed; !errors.Is(err, cause) {
		t.Errorf("got %v, want %v", err, cause)
	}
	if turn.contended() {
		t.Error("who gave up still waits")
	}
	turn.release()
	if !turn.tryAcquire() {
		t.Error("the turn was handed to who had given up")
	}
}

// TestTurn_hammer has many take turns and give up, all at once: never two hold it, and none waits for ever.
func TestTurn_hammer(t *testing.T) {
	const goroutines, rounds = 16, 2000
	var turn turn
	holders, taken := 0, 0 // guarded by turn
	var all sync.WaitGroup
	for i := range goroutines {
		all.Go(func() {
			for round := range rounds {
				ctx, cancel := context.WithCancel(context.Background())
				if (i+round)%3 == 0 {
					go func() {
						runtime.Gosched()
						cancel()
					}()
				}
				if turn.acquire(ctx) == nil {
					if holders++; holders != 1 {
						t.Errorf("%d hold the turn", holders)
					}
					taken++
					for range round % 8 { // others queue meanwhile, and some give up just when it is handed to them
						runtime.Gosched()
					}
					holders--
					turn.release()
				}
				cancel()
			}
		})
	}
	all.Wait()
	if turn.contended() || turn.queue.Len() != 0 || !turn.tryAcquire() {
		t.Error("not free afterwards")
	}
	if taken < goroutines*rounds/2 {
		t.Errorf("taken %d times of %d", taken, goroutines*rounds)
	}
}
