package counter

import (
	"sync/atomic"
	"time"
)

// window of the averages, in samples (management manual, section 9.1, "qtime").
const averaged = 1024

// Average is the mean of the last durations, to the millisecond, with the longest of all. Beyond averaged samples each new
// one takes the place of an average one, so that no samples are kept.
type Average struct {
	sum     atomic.Int64 // milliseconds
	samples atomic.Int64
	max     atomic.Int64
}

// Add counts a duration; one below 0 is that of a phase that was not reached and counts as 0.
func (a *Average) Add(d time.Duration) {
	ms := max(d.Milliseconds(), 0)
	raise(&a.max, ms)
	if a.samples.Add(1) <= averaged {
		a.sum.Add(ms)
		return
	}
	for {
		sum := a.sum.Load()
		if a.sum.CompareAndSwap(sum, sum-sum/averaged+ms) {
			return
		}
	}
}

// Now returns the mean in milliseconds, rounded up.
func (a *Average) Now() int64 {
	n := min(a.samples.Load(), averaged)
	if n == 0 {
		return 0
	}
	return (a.sum.Load() + n - 1) / n
}

// Max returns the longest duration in milliseconds.
func (a *Average) Max() int64 { return a.max.Load() }

func (a *Average) clear() {
	a.samples.Store(0)
	a.sum.Store(0)
}
