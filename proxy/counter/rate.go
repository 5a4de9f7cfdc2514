package counter

import (
	"sync/atomic"
	"time"
)

// Rate tells how many events there were over the last second. It counts in periods of a second, of which the first begins
// with the first event, and takes from the period before as much as the sliding second still covers: two words, whatever
// the number of events.
type Rate struct {
	current atomic.Uint64 // the period that runs: see window
	before  atomic.Uint64 // a finished period, of use if it is the one before current
	max     atomic.Int64
}

const (
	periodMillis = 1000
	countBits    = 26 // a window's events; above are 38 bits of milliseconds, which last 8 years
)

// window is a period: when it began, in milliseconds since epoch, and how many events it saw. They are one word to be
// changed together.
type window uint64

func newWindow(start, events uint64) window { return window(start<<countBits | events) }

func (w window) start() uint64  { return uint64(w) >> countBits }
func (w window) events() uint64 { return uint64(w) & (1<<countBits - 1) }

// epoch is a little before the process started, so that no window begins at 0, which means that there was none.
var epoch = time.Now().Add(-2 * time.Second)

func millis(now time.Time) uint64 { return uint64(max(now.Sub(epoch).Milliseconds(), 1)) }

// Add counts an event.
func (r *Rate) Add(now time.Time) { r.AddN(now, 1) }

// AddN counts n events.
func (r *Rate) AddN(now time.Time, n uint64) {
	ms := millis(now)
	for {
		w := window(r.current.Load())
		if w != 0 && ms < w.start()+periodMillis {
			raise(&r.max, int64(window(r.current.Add(n)).events()))
			return
		}
		start := ms
		if w != 0 && ms < w.start()+2*periodMillis {
			start = w.start() + periodMillis
		}
		if r.current.CompareAndSwap(uint64(w), uint64(newWindow(start, n))) {
			r.before.Store(uint64(w))
			raise(&r.max, int64(n))
			return
		}
	}
}

// Now returns the events of the second before now.
func (r *Rate) Now(now time.Time) uint64 {
	ms := millis(now)
	w, before := window(r.current.Load()), window(r.before.Load())
	if w == 0 {
		return 0
	}
	past, events := uint64(0), w.events()
	switch elapsed := ms - min(ms, w.start()); {
	case elapsed >= 2*periodMillis:
		return 0
	case elapsed >= periodMillis:
		past, events, ms = events, 0, elapsed-periodMillis
	default:
		if before != 0 && before.start()+periodMillis == w.start() {
			past = before.events()
		}
		ms = elapsed
	}
	// A single event would otherwise be none from its period's end on, and few events flicker.
	if past <= 1 && events == 0 {
		return past
	}
	return events + past*(periodMillis-ms)/periodMillis
}

// Max returns the most events of any period.
func (r *Rate) Max() int64 { return r.max.Load() }
