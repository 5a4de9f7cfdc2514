package counter

import "sync/atomic"

// Level is a number that goes up and down, with the highest that it has been.
type Level struct{ now, max atomic.Int64 }

// Enter adds one and returns how many there are now.
func (l *Level) Enter() int64 {
	n := l.now.Add(1)
	raise(&l.max, n)
	return n
}

// Leave takes one off.
func (l *Level) Leave() { l.now.Add(-1) }

// Now returns how many there are.
func (l *Level) Now() int64 { return l.now.Load() }

// Max returns the most there have been at a time.
func (l *Level) Max() int64 { return l.max.Load() }

func (l *Level) clearMax() { l.max.Store(l.now.Load()) }

// raise makes max at least n.
func raise(max *atomic.Int64, n int64) {
	for old := max.Load(); n > old && !max.CompareAndSwap(old, n); old = max.Load() {
	}
}
