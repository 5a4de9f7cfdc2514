package filter

import (
	"context"
	"sync"
	"time"

	"tidelock/proxy/stream"
)

// Direction carries one direction of an exchange through its filters. One goroutine at a time uses it, but for Halt.
type Direction struct {
	// Limit is how many bytes may lie at each filter.
	Limit int

	exchange *Exchange
	stream   *stream.Stream
	response bool
	channels []*Channel
	ended    bool // of what comes in

	parent context.Context
	mu     sync.Mutex
	ctx    context.Context    // guarded by mu; nil until something asks for it
	cancel context.CancelFunc // guarded by mu
}

func (d *Direction) add(instance Instance) {
	c := &Channel{Stream: d.stream, Response: d.response, direction: d, instance: instance}
	if c.Message = d.stream.Request; d.response {
		c.Message = d.stream.Response
	}
	d.channels = append(d.channels, c)
}

// context ends when the direction is halted.
func (d *Direction) context() context.Context {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.ctx == nil {
		d.ctx, d.cancel = context.WithCancel(d.parent)
	}
	return d.ctx
}

// Halt ends what callbacks of the direction wait for. It may be called from any goroutine.
func (d *Direction) Halt() {
	d.context()
	d.cancel()
}

// Start tells the filters that were not told yet that the direction begins.
func (d *Direction) Start() error {
	for _, c := range d.channels {
		if c.started {
			continue
		}
		c.started = true
		if err := d.call(func() error { return c.instance.Start(c) }); err != nil {
			return err
		}
	}
	return nil
}

// Headers shows the message's head to all filters, waiting for those that want to, each time for at most timeout: 0 is
// for ever.
func (d *Direction) Headers(timeout time.Duration) error {
	for _, c := range d.channels {
		err := d.call(func() error { return c.instance.Headers(c) })
		for err == ErrWait {
			if err = d.Wait(timeout); err == nil {
				c.wake = time.Time{}
				err = d.call(func() error { return c.instance.Headers(c) })
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Filtering reports whether any filter looks at the payload.
func (d *Direction) Filtering() bool {
	for _, c := range d.channels {
		if c.filtering {
			return true
		}
	}
	return false
}

// Take takes in as much of p as there is room for.
func (d *Direction) Take(p []byte) int { return d.channels[0].take(p) }

// End notes that nothing more comes in.
func (d *Direction) End() { d.ended = true }

// Done reports whether everything has passed.
func (d *Direction) Done() bool {
	last := d.channels[len(d.channels)-1]
	return last.done() && len(last.out) == 0
}

// Run has the filters look at what there is until nothing moves any more, and gives what has passed all of them to
// write, which must not keep it.
func (d *Direction) Run(write func([]byte) error) error {
	for moved := true; moved; {
		moved = false
		ended := d.ended
		for i, c := range d.channels {
			if ended {
				c.finish()
			}
			m, err := c.look(time.Now())
			if err != nil {
				return err
			}
			m = d.hand(i) || m
			moved = moved || m
			ended = c.done() && len(c.out) == 0
		}
		last := d.channels[len(d.channels)-1]
		if len(last.out) > 0 {
			err := write(last.out)
			if last.out = last.out[:0]; err != nil {
				return err
			}
		}
	}
	return nil
}

// hand gives what a filter has passed to the next one, and reports whether that took any.
func (d *Direction) hand(i int) bool {
	c := d.channels[i]
	if i+1 == len(d.channels) || len(c.out) == 0 {
		return false
	}
	n := d.channels[i+1].take(c.out)
	c.out = c.out[:copy(c.out, c.out[n:])]
	return n > 0
}

// Finish tells the filters that an HTTP message has passed to its end.
func (d *Direction) Finish() error {
	for _, c := range d.channels {
		if err := d.call(func() error { return c.instance.End(c) }); err != nil {
			return err
		}
	}
	return nil
}

// Wake returns when a filter wants to be called again, zero for no such time.
func (d *Direction) Wake() (at time.Time) {
	for _, c := range d.channels {
		if !c.wake.IsZero() && (at.IsZero() || c.wake.Before(at)) {
			at = c.wake
		}
	}
	return at
}

// Wait waits until a filter wants to be called again. It returns ErrStalled when none does within timeout: 0 is for ever.
func (d *Direction) Wait(timeout time.Duration) error {
	var expired <-chan time.Time
	stalled := false
	until := d.Wake()
	if timeout > 0 && (until.IsZero() || time.Until(until) > timeout) {
		until, stalled = time.Now().Add(timeout), true
	}
	if !until.IsZero() {
		timer := time.NewTimer(time.Until(until))
		defer timer.Stop()
		expired = timer.C
	}
	ctx := d.context()
	select {
	case <-expired:
		if stalled {
			return ErrStalled
		}
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// call makes a callback, one at a time in the whole exchange. It gives up waiting for its turn when the direction ends.
func (d *Direction) call(f func() error) error {
	ctx := d.context()
	select {
	case d.exchange.turn <- struct{}{}:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	defer func() { <-d.exchange.turn }()
	return f()
}
