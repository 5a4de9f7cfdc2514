package shared

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"
)

// Bounds of a Memory, so that scripts which make keys of what clients send cannot take all memory.
const (
	MaxEntries = 1 << 20
	MaxBytes   = 256 << 20 // of keys and values, with what an entry costs besides
	MaxLength  = 1 << 20   // bytes of a key with its value

	entryCost = 128
)

// Memory is the Store of one process. The zero value is empty and ready.
type Memory struct {
	mu      sync.Mutex
	entries map[string]*entry  // guarded by mu
	bytes   int                // guarded by mu
	waiting map[string]*change // who waits for a key; guarded by mu
	swept   time.Time          // when expired entries were last looked for; guarded by mu
}

var _ Store = (*Memory)(nil)

type entry struct {
	value   Value
	expires time.Time // zero for never
}

// change is the next change of a key's value, as long as somebody waits for it.
type change struct {
	done    chan struct{} // closed by it
	waiters int
}

// Get implements Store.
func (m *Memory) Get(_ context.Context, key string) (Value, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.get(key), nil
}

// Set implements Store.
func (m *Memory) Set(_ context.Context, key string, v Value, expiry time.Duration) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.set(key, v, expiresIn(expiry))
}

// CompareAndSet implements Store.
func (m *Memory) CompareAndSet(_ context.Context, key string, old, v Value, expiry time.Duration) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.get(key) != old {
		return false, nil
	}
	err := m.set(key, v, expiresIn(expiry))
	return err == nil, err
}

// Increment implements Store.
func (m *Memory) Increment(_ context.Context, key string, by Value, expiry time.Duration) (Value, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	before := m.get(key)
	if before == nil {
		return by, m.set(key, by, expiresIn(expiry))
	}
	sum := add(before, by)
	if sum == nil {
		return nil, ErrNotNumber
	}
	return sum, m.set(key, sum, m.entries[key].expires)
}

// add adds numbers: integers as long as both are, wrapping around as Lua's do. It returns nil for what is no number.
func add(a, b Value) Value {
	i, isInteger := a.(int64)
	j, isAlso := b.(int64)
	if isInteger && isAlso {
		return i + j
	}
	x, ok := float(a)
	y, also := float(b)
	if !ok || !also {
		return nil
	}
	return x + y
}

func float(v Value) (float64, bool) {
	switch n := v.(type) {
	case int64:
		return float64(n), true
	case float64:
		return n, true
	}
	return 0, false
}

// Keys implements Store.
func (m *Memory) Keys(_ context.Context, prefix string, limit int) ([]string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sweep(time.Now())
	var keys []string
	for key := range m.entries {
		if strings.HasPrefix(key, prefix) {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys[:min(len(keys), limit)], nil
}

// Wait implements Store. An expiry is a change, too.
func (m *Memory) Wait(ctx context.Context, key string, old Value) (Value, error) {
	for {
		m.mu.Lock()
		v := m.get(key)
		if v != old {
			m.mu.Unlock()
			return v, nil
		}
		c := m.await(key)
		var expired <-chan time.Time
		if e := m.entries[key]; e != nil && !e.expires.IsZero() {
			expired = time.After(time.Until(e.expires))
		}
		m.mu.Unlock()
		select {
		case <-c.done:
			continue
		case <-expired:
			m.leave(key, c)
		case <-ctx.Done():
			m.leave(key, c)
			return nil, context.Cause(ctx)
		}
	}
}

// leave is for who waits for a change no more that may not have come.
func (m *Memory) leave(key string, c *change) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if c.waiters--; c.waiters == 0 && m.waiting[key] == c {
		delete(m.waiting, key)
	}
}

// ---- under the lock ----

func (m *Memory) get(key string) Value {
	e := m.entries[key]
	switch {
	case e == nil:
		return nil
	case !e.expires.IsZero() && !time.Now().Before(e.expires):
		m.remove(key, e)
		return nil
	}
	return e.value
}

func (m *Memory) set(key string, v Value, expires time.Time) error {
	e := m.entries[key]
	if v == nil {
		if e != nil {
			m.remove(key, e)
		}
		return nil
	}
	size := sizeOf(key, v)
	if size > MaxLength {
		return ErrTooLarge
	}
	grown := size
	if e != nil {
		grown -= sizeOf(key, e.value)
	}
	if m.isFull(e == nil, grown) {
		m.sweep(time.Now())
		if m.isFull(e == nil, grown) {
			return ErrFull
		}
	}
	if m.entries == nil {
		m.entries = map[string]*entry{}
	}
	key = strings.Clone(key)
	m.entries[key] = &entry{v, expires}
	m.bytes += grown
	m.announce(key)
	return nil
}

func (m *Memory) isFull(isNew bool, grown int) bool {
	return isNew && len(m.entries) >= MaxEntries || m.bytes+grown > MaxBytes
}

func (m *Memory) remove(key string, e *entry) {
	delete(m.entries, key)
	m.bytes -= sizeOf(key, e.value)
	m.announce(key)
}

// sweep removes what has expired, once in a while: a store that is full of what lives is not searched at every call.
func (m *Memory) sweep(now time.Time) {
	if now.Sub(m.swept) < time.Second {
		return
	}
	m.swept = now
	for key, e := range m.entries {
		if !e.expires.IsZero() && !now.Before(e.expires) {
			m.remove(key, e)
		}
	}
}

func (m *Memory) await(key string) *change {
	if m.waiting == nil {
		m.waiting = map[string]*change{}
	}
	c := m.waiting[key]
	if c == nil {
		c = &change{done: make(chan struct{})}
		m.waiting[key] = c
	}
	c.waiters++
	return c
}

func (m *Memory) announce(key string) {
	if c := m.waiting[key]; c != nil {
		close(c.done)
		delete(m.waiting, key)
	}
}

func sizeOf(key string, v Value) int {
	size := entryCost + len(key)
	if text, ok := v.(string); ok {
		size += len(text)
	}
	return size
}

func expiresIn(expiry time.Duration) time.Time {
	if expiry <= 0 {
		return time.Time{}
	}
	return time.Now().Add(expiry)
}
