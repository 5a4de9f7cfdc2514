package server

import "time"

// Retry says when an exchange that failed is tried again.
type Retry struct {
	Max int // attempts after the first
	// Interval lets attempts go to another server (option redispatch): each so many, or only the one that many before the
	// end when it is negative; 0 for never.
	Interval int
	On       Failure // what else than a failed connection is tried again
	Statuses []int   // responses that are tried again
}

// Failure is a set of ways to fail.
type Failure uint8

const (
	ConnFailure Failure = 1 << iota
	EmptyResponse
	JunkResponse
	ResponseTimeout
)

// Redispatches reports whether attempt number n, counted from 1, may go to another server.
func (r *Retry) Redispatches(n int) bool {
	switch {
	case r.Interval > 0:
		return n%r.Interval == 0
	case r.Interval < 0:
		return n == r.Max+1+r.Interval
	}
	return false
}

// turnaround is how long to wait before the same server is tried again, so that one that restarts is given the time.
const turnaround = time.Second

// Turnaround returns how long to wait before the same server is tried again.
func (b *Backend) Turnaround() time.Duration {
	if t := b.Timeouts.Connect; t > 0 {
		return min(t, turnaround)
	}
	return turnaround
}
