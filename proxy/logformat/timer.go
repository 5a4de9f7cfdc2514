package logformat

import (
	"strconv"
	"time"

	"tidelock/proxy/sample"
	"tidelock/proxy/stream"
)

// timer writes milliseconds, or -1 for a phase that was not reached (manual, section 8.4).
func timer(of func(*stream.Timers) time.Duration) *Variable {
	return &Variable{append: func(b []byte, c *sample.Context, _ flags) []byte {
		return appendTimer(b, of(&c.Stream.Record.Timers))
	}}
}

func httpTimer(of func(*stream.Timers) time.Duration) *Variable {
	v := timer(of)
	v.http = true
	return v
}

// untilNow is a timer that still runs when the line is written early.
func untilNow(of func(*stream.Timers) time.Duration) func([]byte, *sample.Context, flags) []byte {
	return func(b []byte, c *sample.Context, _ flags) []byte {
		r := &c.Stream.Record
		return appendTimer(appendPlus(b, r), of(&r.Timers))
	}
}

func appendTimer(b []byte, d time.Duration) []byte {
	if d < 0 {
		return append(b, "-1"...)
	}
	return strconv.AppendInt(b, d.Milliseconds(), 10)
}

func queryTime(t *stream.Timers) time.Duration {
	if t.Request < 0 {
		return stream.NotReached
	}
	return t.Handshake + max(t.Idle, 0) + t.Request
}

// userTime is what the user waited for: everything but the idle time before the request.
func userTime(t *stream.Timers) time.Duration {
	if t.Total < 0 {
		return stream.NotReached
	}
	return t.Total - max(t.Idle, 0)
}

// dataTime is what remains of the total time after the phases before it. Without a response, in mode tcp without a
// connection, there was no such phase.
func dataTime(b []byte, c *sample.Context, _ flags) []byte {
	t := &c.Stream.Record.Timers
	last, before := t.Response, t.Handshake
	if c.Stream.Frontend.Mode == stream.ModeTCP {
		last, before = t.Connect, 0 // the queue's time counts from the beginning
	}
	if last < 0 || t.Total < 0 {
		return append(b, "-1"...)
	}
	before += max(t.Idle, 0) + max(t.Request, 0) + max(t.Queue, 0) + max(t.Connect, 0) + max(t.Response, 0)
	return appendTimer(b, max(0, t.Total-before))
}
