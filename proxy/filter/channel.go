package filter

import (
	"context"
	"slices"
	"time"

	"tidelock/proxy/message"
	"tidelock/proxy/stream"
)

// Channel is one direction of an exchange as one filter sees it. Between the two ends stand all filters of the exchange:
// what comes into a channel is what the filter before it has passed.
type Channel struct {
	Stream   *stream.Stream
	Message  *message.Message // nil in TCP mode
	Response bool

	direction *Direction
	instance  Instance

	data      []byte // came in, has not passed
	out       []byte // passed, the next has not taken it yet
	passed    int    // bytes that the callback under way has passed
	filtering bool
	fresh     bool // the filter is to look at data
	last      bool // nothing more comes in
	held      bool // the filter keeps the end back: SetFinal(false)
	cut       bool // the filter ended the message: SetFinal(true)
	shown     bool // Payload has seen the end
	started   bool
	wake      time.Time // when the filter wants to be called again; zero for no such wish
}

// Context ends when the direction does. What waits in a callback watches it.
func (c *Channel) Context() context.Context { return c.direction.context() }

// Data returns what has come in and not passed. It aliases the channel: valid until a method changes it.
func (c *Channel) Data() []byte { return c.data }

// Passed returns how many bytes the callback under way has passed.
func (c *Channel) Passed() int { return c.passed }

// Pass lets the first n bytes of Data go on, or all when there are fewer.
func (c *Channel) Pass(n int) {
	n = min(n, len(c.data))
	c.out = append(c.out, c.data[:n]...)
	c.data = c.data[:copy(c.data, c.data[n:])]
	c.passed += n
}

// Send lets p go on before Data. Filters that make data of other data bound it by that; others ask Room first.
func (c *Channel) Send(p []byte) {
	c.out = append(c.out, p...)
	c.passed += len(p)
}

// Replace puts p in the place of n bytes of Data from an offset on; both must lie within Data. It reports false, and
// changes nothing, when there is no room.
func (c *Channel) Replace(offset, n int, p []byte) bool {
	if len(p)-n > c.Room() {
		return false
	}
	c.data = slices.Replace(c.data, offset, offset+n, p...)
	return true
}

// Room returns how many bytes more the channel holds.
func (c *Channel) Room() int { return max(c.direction.Limit-len(c.data)-len(c.out), 0) }

// Final reports whether Data is all that there will be.
func (c *Channel) Final() bool { return (c.last || c.cut) && !c.held }

// SetFinal ends the message with what is in Data, whatever else comes, or keeps an end back that has come: until the
// filter says otherwise, for which it is called again at the time of WakeAfter.
func (c *Channel) SetFinal(final bool) { c.cut, c.held = final && !c.last, !final }

// Filter makes Payload be called, or not.
func (c *Channel) Filter(on bool) {
	if c.fresh = on && !c.filtering; !on {
		c.shown = false
	}
	c.filtering = on
}

// Filtering reports whether Payload is called.
func (c *Channel) Filtering() bool { return c.filtering }

// WakeAfter makes the callback be called again when d has passed, if nothing else gives a reason before.
func (c *Channel) WakeAfter(d time.Duration) {
	if at := time.Now().Add(d); c.wake.IsZero() || at.Before(c.wake) {
		c.wake = at
	}
}

// done reports whether the filter has nothing to do with the payload any more.
func (c *Channel) done() bool { return len(c.data) == 0 && c.Final() && (c.shown || !c.filtering) }

// take moves what the filter before has passed, as far as there is room.
func (c *Channel) take(p []byte) int {
	n := min(len(p), c.Room())
	if c.cut {
		return len(p) // behind the end
	}
	if n > 0 {
		c.data = append(c.data, p[:n]...)
		c.fresh = true
	}
	return n
}

// finish notes that nothing more comes in.
func (c *Channel) finish() {
	if !c.last {
		c.last, c.fresh = true, true
	}
}

// due reports whether Payload is to be called.
func (c *Channel) due(now time.Time) bool {
	if !c.wake.IsZero() && !now.Before(c.wake) {
		c.wake, c.fresh = time.Time{}, true
	}
	return c.fresh && (len(c.data) > 0 || c.last && !c.shown || c.held)
}

// look has the filter look at its data, and reports whether that moved anything.
func (c *Channel) look(now time.Time) (bool, error) {
	if !c.filtering {
		n := len(c.data)
		c.Pass(n)
		return n > 0, nil
	}
	if !c.due(now) {
		return false, nil
	}
	c.fresh, c.passed = false, 0
	before, final := len(c.data), c.Final()
	c.shown = c.last
	if err := c.direction.call(func() error { return c.instance.Payload(c) }); err != nil {
		return false, err
	}
	moved := c.passed > 0 || len(c.data) != before || c.Final() != final
	c.fresh = moved && len(c.data) > 0 || c.fresh
	return moved, nil
}
