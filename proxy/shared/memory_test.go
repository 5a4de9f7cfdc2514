package shared

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestMemory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx := t.Context()
		var m Memory
		get := func(key string, want Value) {
			t.Helper()
			if got, err := m.Get(ctx, key); got != want || err != nil {
				t.Errorf("%s is %v, %v; want %v", key, got, err, want)
			}
		}
		set := func(key string, v Value, expiry time.Duration) {
			t.Helper()
			if err := m.Set(ctx, key, v, expiry); err != nil {
				t.Error(err)
			}
		}
		get("a", nil)
		set("a", "one", 0)
		set("b", int64(2), time.Second)
		get("a", "one")
		get("b", int64(2))
		if done, _ := m.CompareAndSet(ctx, "a", "two", "three", 0); done {
			t.Error("set though the value is another")
		}
		if done, _ := m.CompareAndSet(ctx, "a", "one", "three", 0); !done {
			t.Error("not set")
		}
		get("a", "three")
		if sum, err := m.Increment(ctx, "b", int64(5), 0); sum != int64(7) || err != nil {
			t.Error(sum, err)
		}
		if sum, err := m.Increment(ctx, "b", 0.5, 0); sum != 7.5 || err != nil {
			t.Error(sum, err)
		}
		if _, err := m.Increment(ctx, "a", int64(1), 0); !errors.Is(err, ErrNotNumber) {
			t.Error(err)
		}
		if keys, _ := m.Keys(ctx, "", 10); !slices.Equal(keys, []string{"a", "b"}) {
			t.Error(keys)
		}
		time.Sleep(time.Second) // an increment does not put an expiry off
		get("b", nil)
		set("a", nil, 0)
		if len(m.entries) != 0 || m.bytes != 0 {
			t.Errorf("%d entries, %d bytes are left", len(m.entries), m.bytes)
		}
	})
}

func TestMemory_Errors(t *testing.T) {
	var m Memory
	if err := m.Set(t.Context(), "a", strings.Repeat("x", MaxLength), 0); !errors.Is(err, ErrTooLarge) {
		t.Error(err)
	}
	m.bytes = MaxBytes
	if err := m.Set(t.Context(), "a", "b", 0); !errors.Is(err, ErrFull) {
		t.Error(err)
	}
}

func TestMemory_Wait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var m Memory
		m.Set(t.Context(), "a", "old", 0)
		var waiting sync.WaitGroup
		for range 3 {
			waiting.Go(func() {
				if v, err := m.Wait(t.Context(), "a", "old"); v != "new" || err != nil {
					t.Error(v, err)
				}
			})
		}
		synctest.Wait()
		m.Set(t.Context(), "a", "new", time.Minute)
		waiting.Wait()
		if v, err := m.Wait(t.Context(), "a", "new"); v != nil || err != nil { // its expiry
			t.Error(v, err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := m.Wait(ctx, "a", nil); !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
		if len(m.waiting) != 0 {
			t.Errorf("%d keys are waited for by nobody", len(m.waiting))
		}
	})
}
