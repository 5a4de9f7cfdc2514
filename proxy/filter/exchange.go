package filter

import (
	"context"
	"time"

	"tidelock/proxy/stream"
)

// Exchange is the filters of one exchange: the frontend's, then the backend's.
type Exchange struct {
	Request, Response Direction

	turn chan struct{} // holds an element during every callback
}

// stopTime bounds the callbacks at the end of an exchange, whose goroutine they keep.
const stopTime = 5 * time.Second

// New returns an exchange without filters. What its callbacks wait for ends with ctx. A direction holds at most limit
// bytes at each filter.
func New(ctx context.Context, s *stream.Stream, limit int) *Exchange {
	e := &Exchange{turn: make(chan struct{}, 1)}
	for _, d := range []*Direction{&e.Request, &e.Response} {
		d.exchange, d.parent, d.stream, d.Limit = e, ctx, s, limit
	}
	e.Response.response = true
	return e
}

// Attach adds filters to both directions. Those of the request start at once.
func (e *Exchange) Attach(filters []Filter) error {
	for _, f := range filters {
		instance := f.Attach(e.Request.stream)
		if instance == nil {
			continue
		}
		e.Request.add(instance)
		e.Response.add(instance)
	}
	return e.Request.Start()
}

// Empty reports whether no filter takes part.
func (e *Exchange) Empty() bool { return len(e.Request.channels) == 0 }

// Guard calls f while no callback runs: what both use of the stream they do not use at once.
func (e *Exchange) Guard(f func() bool) bool {
	e.turn <- struct{}{}
	defer func() { <-e.turn }()
	return f()
}

// Halt ends what callbacks of both directions wait for. No data passes any more.
func (e *Exchange) Halt() {
	e.Request.Halt()
	e.Response.Halt()
}

// Stop is the end of the exchange. No goroutine runs in it any more.
func (e *Exchange) Stop() {
	ctx, cancel := context.WithTimeout(e.Request.parent, stopTime)
	defer cancel()
	for _, d := range []*Direction{&e.Request, &e.Response} {
		d.Halt()
		d.ctx, d.cancel = ctx, cancel
		for _, c := range d.channels {
			if c.started {
				c.started = false
				c.instance.Stop(c)
			}
		}
	}
	for _, c := range e.Request.channels {
		c.instance.Close()
	}
}
