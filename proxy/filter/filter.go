// Package filter is what stands in the way of an exchange's data: filters look at the messages and bytes of both
// directions, change them, and say how much of them goes on (manual, section 9).
//
// A [Filter] is a filter line of a proxy. For each exchange it gives an [Instance], whose methods are told what happens
// on each [Channel], one direction as this filter sees it. An [Exchange] holds the instances of one exchange; its two
// [Direction]s carry data through them. The code that reads and writes connections is in proxy/frontend.
package filter

import (
	"errors"

	"tidelock/proxy/stream"
)

// Filter is a filter line of a proxy. It is shared by all exchanges.
type Filter interface {
	// Attach returns what filters one exchange, nil when the filter takes no part in it.
	Attach(s *stream.Stream) Instance
}

// Errors with which a callback decides what becomes of the exchange.
var (
	// ErrWait makes Headers be called again, at the time of Channel.WakeAfter or when the direction's timeout ends the
	// exchange.
	ErrWait = errors.New("filter: waits")
	// ErrStalled means that a filter passed nothing for as long as its direction's timeout.
	ErrStalled = errors.New("filter: a filter passes nothing")
	// ErrRefused ends the exchange: 400 where the client can still be told, a closed connection elsewhere.
	ErrRefused = errors.New("filter: a filter ended the exchange")
)

// Instance is a filter of one exchange. Its methods are never called at the same time, though each direction may have a
// goroutine of its own. They may wait, which holds up the other direction's callbacks but not its data that has passed
// them. A channel is valid until Stop of the exchange's last direction has returned. Any error but ErrWait ends the
// exchange.
type Instance interface {
	// Start is called once for each direction, before anything of it moves.
	Start(c *Channel) error
	// Headers is called when all rules over an HTTP message have run, before it is forwarded.
	Headers(c *Channel) error
	// Payload is called on channels with Filter(true), when data has come in and when no more will. What it does not
	// Pass stays, and is shown again together with more.
	Payload(c *Channel) error
	// End is called when an HTTP message has passed to its end.
	End(c *Channel) error
	// Stop is called for each direction that was started, at the end of the exchange, whatever ended it.
	Stop(c *Channel)
	// Close is called after the last Stop.
	Close()
}

// Bystander is an Instance that does nothing, for filters with few callbacks to embed.
type Bystander struct{}

// Start implements Instance.
func (Bystander) Start(*Channel) error { return nil }

// Headers implements Instance.
func (Bystander) Headers(*Channel) error { return nil }

// Payload implements Instance.
func (Bystander) Payload(c *Channel) error {
	c.Pass(len(c.Data()))
	return nil
}

// End implements Instance.
func (Bystander) End(*Channel) error { return nil }

// Stop implements Instance.
func (Bystander) Stop(*Channel) {}

// Close implements Instance.
func (Bystander) Close() {}
