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
	until   time.Time     // in any case not longer than this; zero for no bound
	armed   time.Time     // what the poller knows
	shorter atomic.Int64  // replaces timeout; set from outside
}

func (l *limit) reset() {
	l.timeout, l.until, l.armed = 0, time.Time{}, time.Time{}
	l.shorter.Store(0)
}

var epoch = time.Now()

// SetReadTimeout bounds each wait for input, and with until all waits together. Zero values mean no bound.
func (c *Conn) SetReadTimeout(timeout time.Duration, until time.Time) {
	c.reading.timeout, c.reading.until = timeout, until
}

// SetWriteTimeout bounds each wait for the peer to take output; zero means no bound.
func (c *Conn) SetWriteTimeout(timeout time.Duration) { c.writing.timeout = timeout }

// ReplaceReadTimeout changes the bound of each wait for input from now on, also of one that is under way. It may be called
// from any goroutine.
func (c *Conn) ReplaceReadTimeout(timeout time.Duration) {
	c.active.Store(int64(time.Since(epoch)))
	c.reading.shorter.Store(int64(timeout))
	c.net.SetReadDeadline(time.Now().Add(timeout))
}

// deadline returns until when to wait, from now on.
func (l *limit) deadline(now time.Time) time.Time {
	timeout := l.wait()
	if timeout <= 0 {
		return l.until
	}
	t := now.Add(timeout)
	if !l.until.IsZero() && l.until.Before(t) {
		return l.until
	}
	return t
}

// wait returns the longest wait without progress.
func (l *limit) wait() time.Duration {
	if shorter := l.shorter.Load(); shorter > 0 {
		return time.Duration(shorter)
	}
	return l.timeout
}

// mustArm reports whether the poller's deadline has to change for want to be kept.
func (l *limit) mustArm(want time.Time) bool {
	if want.IsZero() {
		return false // one that is armed is dealt with when it strikes
	}
	return l.armed.IsZero() || l.armed.After(want)
}

func isTimeout(err error) bool {
	var t interface{ Timeout() bool }
	return errors.As(err, &t) && t.Timeout()
}
