package logformat

import (
	"sync/atomic"

	"tidelock/proxy/stream"
)

// Counters are the numbers of connections at the moment when a line is written.
type Counters struct {
	Process, Frontend, Backend, Server int64 // established
	BackendQueue, ServerQueue          int64 // requests that were queued before this one
}

// count returns the counters that concern an exchange. It is a variable of the process because the numbers are: whoever
// counts sets it once, before traffic comes.
var count atomic.Pointer[func(*stream.Stream) Counters]

// SetCounters makes count the source of %ac, %fc, %bc, %sc, %bq and %sq. Until then they are 0.
func SetCounters(f func(*stream.Stream) Counters) { count.Store(&f) }

func counter(of func(*Counters) int64) *Variable {
	return number(func(s *stream.Stream) int64 {
		f := count.Load()
		if f == nil {
			return 0
		}
		c := (*f)(s)
		return of(&c)
	})
}
