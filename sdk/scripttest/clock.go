package scripttest

import (
	"slices"
	"sync"
	"time"
)

// clock is the time of the scripts under test: the real one, until a test freezes it.
type clock struct {
	mu     sync.Mutex
	frozen bool      // guarded by mu
	now    time.Time // once it is frozen; guarded by mu
	timers []timer   // guarded by mu
}

type timer struct {
	at   time.Time
	ring chan time.Time
}

// Now implements host.Clock.
func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.frozen {
		return c.now
	}
	return time.Now()
}

// After implements host.Clock.
func (c *clock) After(d time.Duration) (<-chan time.Time, func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.frozen {
		t := time.NewTimer(d)
		return t.C, func() { t.Stop() }
	}
	ring := make(chan time.Time, 1)
	if d <= 0 {
		ring <- c.now
		return ring, func() {}
	}
	c.timers = append(c.timers, timer{c.now.Add(d), ring})
	return ring, func() { c.remove(ring) }
}

func (c *clock) remove(ring chan time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.timers = slices.DeleteFunc(c.timers, func(t timer) bool { return t.ring == ring })
}

func (c *clock) freeze() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.frozen {
		c.frozen, c.now = true, time.Now()
	}
}

// advance lets time pass, which freezes the clock.
func (c *clock) advance(d time.Duration) {
	c.freeze()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	c.timers = slices.DeleteFunc(c.timers, func(t timer) bool {
		if t.at.After(c.now) {
			return false
		}
		t.ring <- c.now
		return true
	})
}

// thaw gives the time back to the system, for the next test.
func (c *clock) thaw() {
	c.advance(0)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.frozen = false
	for _, t := range c.timers {
		t.ring <- c.now
	}
	c.timers = nil
}
