// Package http1 is the HTTP/1 codec: it parses and writes messages and their bodies on a network connection, as strict as
// RFC 9112 and HAProxy ask, without an allocation per message.
package http1

import (
	"errors"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// BufferSize is the size of each direction's buffer, HAProxy's tune.bufsize. A message's head must fit in it with
// MaxRewrite bytes (tune.maxrewrite) to spare for what rules add.
const (
	BufferSize = 16384
	MaxRewrite = 1024
)

// Errors of reading and writing a connection, besides those of the network itself.
var (
	ErrTimeout     = errors.New("http1: timeout")
	ErrInterrupted = errors.New("http1: interrupted")
	ErrFull        = errors.New("http1: buffer full")
)

var buffers = sync.Pool{New: func() any { return new([BufferSize]byte) }}

// Conn is a network connection with a buffer for each direction and deadlines that cost nearly nothing to move. One
// goroutine may read while another writes.
type Conn struct {
	net net.Conn

	in       *[BufferSize]byte
	r, w     int // unread input is in[r:w]
	out      *[BufferSize]byte
	n        int // unsent output is out[:n]
	vector   net.Buffers
	segments [2][]byte
	failed   error // of sending; nothing more is sent after it

	reading, writing limit
	// active is when bytes last moved in either direction, in nanoseconds since epoch: a peer that is busy receiving is
	// not to be timed out for not sending.
	active      atomic.Int64
	interrupted atomic.Bool // FillIdle returns at once
	halted      atomic.Bool // every read returns at once

	received, sent atomic.Int64
}

// limit is how long one direction may wait. The deadline armed in the network poller is left where it is while it is
// earlier than the one wanted; when it then strikes early it is moved. A request on a busy connection therefore pays
// for no timer at all.
type limit struct {
	timeout time.Duration // longest wait without progress, 0 for ever
	until   time.Time     // in any case not longer than this; zero for no bound
	armed   time.Time     // what the poller knows
}

var epoch = time.Now()

// NewConn wraps a connection. Buffers are borrowed from a pool until Release or Close.
func NewConn(c net.Conn) *Conn {
	conn := &Conn{}
	conn.Attach(c)
	return conn
}

// Attach makes c, which must be closed or new, the wrapper of another connection.
func (c *Conn) Attach(nc net.Conn) {
	c.net = nc
	c.r, c.w, c.n = 0, 0, 0
	c.failed = nil
	c.reading, c.writing = limit{}, limit{}
	c.interrupted.Store(false)
	c.halted.Store(false)
	c.received.Store(0)
	c.sent.Store(0)
	c.borrow()
}

// borrow makes sure of both buffers.
func (c *Conn) borrow() {
	if c.in == nil {
		c.in = buffers.Get().(*[BufferSize]byte)
		c.out = buffers.Get().(*[BufferSize]byte)
	}
}

// Release gives the buffers back while nothing is in them, for a connection that goes idle. Any use borrows them again.
func (c *Conn) Release() {
	if c.in == nil || c.r < c.w || c.n > 0 {
		return
	}
	buffers.Put(c.in)
	buffers.Put(c.out)
	c.in, c.out = nil, nil
	c.r, c.w = 0, 0
}

// Close closes the connection, dropping what is buffered, and gives the buffers back. No other method may be running.
func (c *Conn) Close() error {
	c.r, c.w, c.n = 0, 0, 0
	c.Release()
	return c.net.Close()
}

// Net returns the connection underneath.
func (c *Conn) Net() net.Conn { return c.net }

// Received and Sent count the bytes that crossed the network.
func (c *Conn) Received() int64 { return c.received.Load() }

// Sent: see Received.
func (c *Conn) Sent() int64 { return c.sent.Load() }

// SetReadTimeout bounds each wait for input, and with until all waits together. Zero values mean no bound.
func (c *Conn) SetReadTimeout(timeout time.Duration, until time.Time) {
	c.reading.timeout, c.reading.until = timeout, until
}

// SetWriteTimeout bounds each wait for the peer to take output; zero means no bound.
func (c *Conn) SetWriteTimeout(timeout time.Duration) { c.writing.timeout = timeout }

// deadline returns until when to wait, from now on.
func (l *limit) deadline(now time.Time) time.Time {
	if l.timeout <= 0 {
		return l.until
	}
	t := now.Add(l.timeout)
	if !l.until.IsZero() && l.until.Before(t) {
		return l.until
	}
	return t
}

// mustArm reports whether the poller's deadline has to change for want to be kept.
func (l *limit) mustArm(want time.Time) bool {
	if want.IsZero() {
		return false // one that is armed is dealt with when it strikes
	}
	return l.armed.IsZero() || l.armed.After(want)
}

// Buffered returns the input that was received and not discarded. It aliases the buffer: valid until the next Fill.
func (c *Conn) Buffered() []byte {
	if c.in == nil {
		return nil
	}
	return c.in[c.r:c.w]
}

// Discard consumes n bytes of Buffered.
func (c *Conn) Discard(n int) {
	c.r += n
	if c.r == c.w {
		c.r, c.w = 0, 0
	}
}

// Fill waits for more input and appends it to the buffer. It returns io.EOF at the peer's end, ErrTimeout, ErrFull
// or an error of the network.
func (c *Conn) Fill() error { return c.fill(false) }

// FillIdle is Fill for a connection on which nothing is under way: Interrupt ends it with ErrInterrupted.
func (c *Conn) FillIdle() error { return c.fill(true) }

func (c *Conn) fill(idle bool) error {
	c.borrow()
	if c.r > 0 && (c.r == c.w || c.w == BufferSize) {
		copy(c.in[:], c.in[c.r:c.w])
		c.r, c.w = 0, c.w-c.r
	}
	if c.w == BufferSize {
		return ErrFull
	}
	n, err := c.read(c.in[c.w:], idle)
	c.w += n
	return err
}

// Read reads past the buffer: buffered input first, then straight from the network into p.
func (c *Conn) Read(p []byte) (int, error) {
	if b := c.Buffered(); len(b) > 0 {
		n := copy(p, b)
		c.Discard(n)
		return n, nil
	}
	return c.read(p, false)
}

func (c *Conn) read(p []byte, idle bool) (int, error) {
	start := time.Now()
	for {
		want := c.reading.deadline(start)
		if c.reading.mustArm(want) {
			c.reading.armed = want
			c.net.SetReadDeadline(want)
		}
		if idle && c.interrupted.Load() || c.halted.Load() {
			return 0, ErrInterrupted
		}
		n, err := c.net.Read(p)
		if n > 0 {
			c.received.Add(int64(n))
			c.active.Store(int64(time.Since(epoch)))
			return n, nil
		}
		if err == nil || !isTimeout(err) {
			if c.halted.Load() {
				err = ErrInterrupted
			}
			return 0, err
		}
		now := time.Now()
		if !want.IsZero() && !now.Before(want) && !c.busySince(&start, now) {
			c.reading.armed = time.Time{}
			return 0, ErrTimeout
		}
		// Struck early: the deadline armed belonged to an earlier wait.
		c.reading.armed = c.reading.deadline(start)
		c.net.SetReadDeadline(c.reading.armed)
	}
}

// busySince reports whether output moved within the read timeout before now, and then moves the wait's start there.
func (c *Conn) busySince(start *time.Time, now time.Time) bool {
	last := epoch.Add(time.Duration(c.active.Load()))
	if !last.After(*start) || c.reading.timeout <= 0 || now.Sub(last) >= c.reading.timeout {
		return false
	}
	if u := c.reading.until; !u.IsZero() && !now.Before(u) {
		return false
	}
	*start = last
	return true
}

// Interrupt wakes a FillIdle, now or the next. Other reads do not notice. It may be called from any goroutine.
func (c *Conn) Interrupt() {
	c.interrupted.Store(true)
	c.net.SetReadDeadline(time.Unix(1, 0))
}

// HaltReading makes the read under way and all later ones return ErrInterrupted, until ResumeReading. It may be called
// from any goroutine.
func (c *Conn) HaltReading() {
	c.halted.Store(true)
	c.net.SetReadDeadline(time.Unix(1, 0))
}

// ResumeReading undoes HaltReading. No read may be under way.
func (c *Conn) ResumeReading() {
	c.halted.Store(false)
	c.reading.armed = time.Time{}
	c.net.SetReadDeadline(time.Time{})
}

// Write appends p to the output, sending what does not fit.
func (c *Conn) Write(p []byte) (int, error) {
	c.borrow()
	if c.n+len(p) <= BufferSize {
		c.n += copy(c.out[c.n:], p)
		return len(p), nil
	}
	c.segments[0], c.segments[1] = c.out[:c.n], p
	c.vector = c.segments[:]
	c.n = 0
	if err := c.send(); err != nil {
		return 0, err
	}
	return len(p), nil
}

// WriteString is Write for a string.
func (c *Conn) WriteString(s string) error {
	if c.n+len(s) <= BufferSize {
		c.borrow()
		c.n += copy(c.out[c.n:], s)
		return nil
	}
	_, err := c.Write([]byte(s))
	return err
}

// WriteByte appends one byte to the output.
func (c *Conn) WriteByte(b byte) error {
	if c.n == BufferSize {
		if err := c.Flush(); err != nil {
			return err
		}
	}
	c.borrow()
	c.out[c.n] = b
	c.n++
	return nil
}

// Unsent returns how many bytes wait for Flush.
func (c *Conn) Unsent() int { return c.n }

// Flush sends what was written. After an error every later Flush returns it, so that writes in between need no check.
func (c *Conn) Flush() error {
	if c.n == 0 {
		return c.failed
	}
	c.segments[0] = c.out[:c.n]
	c.vector = c.segments[:1]
	c.n = 0
	return c.send()
}

// DropUnsent forgets output that was not sent.
func (c *Conn) DropUnsent() { c.n = 0 }

// send writes the vector.
func (c *Conn) send() error {
	if c.failed == nil {
		c.failed = c.sendAll()
	}
	return c.failed
}

func (c *Conn) sendAll() error {
	for len(c.vector) > 0 {
		want := c.writing.deadline(time.Now())
		if c.writing.mustArm(want) {
			c.writing.armed = want
			c.net.SetWriteDeadline(want)
		}
		n, err := c.sendOnce()
		if n > 0 {
			c.sent.Add(n)
			c.active.Store(int64(time.Since(epoch)))
		}
		if err == nil {
			continue
		}
		if !isTimeout(err) {
			return err
		}
		if n == 0 && !want.IsZero() && !time.Now().Before(want) {
			c.writing.armed = time.Time{}
			return ErrTimeout
		}
		c.writing.armed = c.writing.deadline(time.Now())
		c.net.SetWriteDeadline(c.writing.armed)
	}
	return nil
}

func (c *Conn) sendOnce() (int64, error) {
	if len(c.vector) == 1 || len(c.vector[0]) == 0 {
		// writev is of no use for one piece.
		last := len(c.vector) - 1
		n, err := c.net.Write(c.vector[last])
		c.vector[last] = c.vector[last][n:]
		if len(c.vector[last]) == 0 {
			c.vector = nil
		}
		return int64(n), err
	}
	return c.vector.WriteTo(c.net)
}

// CloseWrite tells the peer that nothing more will be sent, where the network can.
func (c *Conn) CloseWrite() error {
	if h, ok := c.net.(interface{ CloseWrite() error }); ok {
		return h.CloseWrite()
	}
	return nil
}

func isTimeout(err error) bool {
	var t interface{ Timeout() bool }
	return errors.As(err, &t) && t.Timeout()
}
