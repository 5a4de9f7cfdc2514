package http1

import (
	"errors"
	"sync/atomic"
	"time"
)

// limit is how long one direction may wait. The deadline armed in the network poller is left where it is while it is
// earlier than the one wanted; when it then strikes early it is moved. A request on a busy connection therefore pays
// for no timer at all.
type limit struct {
	timeout time.Duration // longest wait without progress, 0 for ever
	until   instant       // in any case not longer than this; 0 for no bound
	armed   instant       // what the poller knows
	shorter atomic.Int64  // replaces timeout; set from outside
}

func (l *limit) reset() {
	l.timeout, l.until, l.armed = 0, 0, 0
	l.shorter.Store(0)
}

// instant is a time in nanoseconds since epoch, by the monotonic clock; 0 is none. It takes a third of the room of a time.Time
// and half of the time to get one.
type instant int64

var epoch = time.Now()

func now() instant { return instant(time.Since(epoch)) }

// instantOf returns the instant of a time, the first one for those before epoch.
func instantOf(t time.Time) instant {
	if t.IsZero() {
		return 0
	}
	return max(instant(t.Sub(epoch)), 1)
}

// time returns the time of an instant, the zero time for none.
func (i instant) time() time.Time {
	if i == 0 {
		return time.Time{}
	}
	return epoch.Add(time.Duration(i))
}

// SetReadTimeout bounds each wait for input, and with until all waits together. Zero values mean no bound.
func (c *Conn) SetReadTimeout(timeout time.Duration, until time.Time) {
	c.reading.timeout, c.reading.until = timeout, instantOf(until)
}

// SetWriteTimeout bounds each wait for the peer to take output; zero means no bound.
func (c *Conn) SetWriteTimeout(timeout time.Duration) { c.writing.timeout = timeout }

// ReplaceReadTimeout changes the bound of each wait for input from now on, also of one that is under way. It may be called
// from any goroutine.
func (c *Conn) ReplaceReadTimeout(timeout time.Duration) {
	c.active.Store(int64(now()))
	c.reading.shorter.Store(int64(timeout))
	c.net.SetReadDeadline(time.Now().Add(timeout))
}

// deadline returns until when to wait, from start on.
func (l *limit) deadline(start instant) instant {
	timeout := l.wait()
	if timeout <= 0 {
		return l.until
	}
	end := start + instant(timeout)
	if l.until != 0 && l.until < end {
		return l.until
	}
	return end
}

// wait returns the longest wait without progress.
func (l *limit) wait() time.Duration {
	if shorter := l.shorter.Load(); shorter > 0 {
		return time.Duration(shorter)
	}
	return l.timeout
}

// mustArm reports whether the poller's deadline has to change for want to be kept.
func (l *limit) mustArm(want instant) bool {
	if want == 0 {
		return false // one that is armed is dealt with when it strikes
	}
	return l.armed == 0 || l.armed > want
}

func isTimeout(err error) bool {
	var t interface{ Timeout() bool }
	return errors.As(err, &t) && t.Timeout()
}
