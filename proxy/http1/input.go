package http1

import (
	"io"
	"time"
)

// Buffered returns the input that was received and not discarded. It aliases the buffer: valid until the next Fill.
func (c *Conn) Buffered() []byte {
	if c.in == nil {
		return nil
	}
	return c.in.bytes[c.r:c.w]
}

// Discard consumes n bytes of Buffered.
func (c *Conn) Discard(n int) {
	c.r += n
	if c.r == c.w {
		c.r, c.w = 0, 0
	}
}

// compact moves what is buffered to the front of the buffer.
func (c *Conn) compact() {
	if c.r > 0 {
		copy(c.in.bytes, c.in.bytes[c.r:c.w])
		c.r, c.w = 0, c.w-c.r
	}
}

// remove takes n bytes out of Buffered, from an offset on.
func (c *Conn) remove(offset, n int) {
	at := c.r + offset
	copy(c.in.bytes[at:], c.in.bytes[at+n:c.w])
	c.w -= n
}

// Edit puts p in the place of n bytes of Buffered from an offset on, both within it. It reports false, and changes
// nothing, when there is no room.
func (c *Conn) Edit(offset, n int, p []byte) bool {
	size := c.w - c.r + len(p) - n
	if size > c.limits.BufferSize {
		return false
	}
	if c.in == nil {
		c.in = c.limits.borrow()
	}
	c.compact()
	if size > len(c.in.bytes) {
		c.in = c.limits.grow(c.in, c.w)
	}
	copy(c.in.bytes[offset+len(p):], c.in.bytes[offset+n:c.w])
	copy(c.in.bytes[offset:], p)
	c.w = size
	return true
}

// full reports whether the buffer has no room for more input.
func (c *Conn) full() bool { return c.w-c.r == c.limits.BufferSize }

// Peek is Buffered with bytes that stay where they are until some are discarded, however much is filled in behind them.
func (c *Conn) Peek() []byte {
	if c.in == nil {
		return nil
	}
	c.compact()
	return c.in.bytes[:c.w]
}

// Fill waits for more input and appends it to the buffer. It returns io.EOF at the peer's end, ErrTimeout, ErrFull
// or an error of the network.
func (c *Conn) Fill() error { return c.fill(false) }

// FillIdle is Fill for a connection on which nothing is under way: Interrupt ends it with ErrInterrupted.
func (c *Conn) FillIdle() error { return c.fill(true) }

func (c *Conn) fill(idle bool) error {
	if err := c.makeRoom(); err != nil {
		return err
	}
	room := c.in.bytes[c.w:]
	n, err := c.read(room, idle)
	c.w += n
	c.filled = n == len(room)
	return err
}

// Await is FillIdle for a connection that may wait for long: it holds no buffer meanwhile. What is buffered must have been
// consumed.
func (c *Conn) Await() error {
	c.Release()
	n, err := c.read(c.scout[:], true)
	if n > 0 {
		if err := c.makeRoom(); err != nil {
			return err
		}
		c.w += copy(c.in.bytes[c.w:], c.scout[:n])
	}
	return err
}

// makeRoom makes sure of room for input. A small buffer gives way to one of full size once a read has filled it: what is
// in it stays whole, and the rest of a large body comes in fewer pieces.
func (c *Conn) makeRoom() error {
	switch {
	case c.in == nil:
		c.in = c.limits.borrow()
	case c.filled && len(c.in.bytes) < c.limits.BufferSize:
		c.compact()
		c.in = c.limits.grow(c.in, c.w)
	case c.r == c.w || c.w == len(c.in.bytes):
		c.compact()
	}
	if c.w == len(c.in.bytes) {
		return ErrFull
	}
	return nil
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

func (c *Conn) read(p []byte, idle bool) (int, error) { return c.receive(p, nil, idle) }

// receive waits for input and takes it into p or, where that is not nil, into a path.
func (c *Conn) receive(p []byte, path *kernelPath, idle bool) (n int, err error) {
	start := now()
	for {
		want := c.reading.deadline(start)
		if c.reading.mustArm(want) {
			c.reading.armed = want
			c.net.SetReadDeadline(want.time())
		}
		if idle && c.interrupted.Load() || c.halted.Load() {
			return 0, ErrInterrupted
		}
		switch {
		case path != nil:
			n, err = path.receive()
		case c.asking:
			n, err = c.ask(p)
		default:
			n, err = c.readSocket(p)
		}
		if n > 0 {
			c.received.Add(int64(n))
			c.active.Store(int64(now()))
			return n, nil
		}
		if err == nil || !isTimeout(err) {
			if c.brittle && err == io.ErrUnexpectedEOF {
				err = io.EOF // most peers end TLS by closing the connection alone
			}
			if c.halted.Load() {
				err = ErrInterrupted
			}
			return 0, err
		}
		struck := now()
		if want != 0 && struck >= want && !c.busySince(&start, struck) {
			c.reading.armed = 0
			return 0, ErrTimeout
		}
		// Struck early: the deadline armed belonged to an earlier wait.
		c.reading.armed = c.reading.deadline(start)
		c.net.SetReadDeadline(c.reading.armed.time())
	}
}

// busySince reports whether output moved within the read timeout before an instant, and then moves the wait's start there.
func (c *Conn) busySince(start *instant, before instant) bool {
	last := instant(c.active.Load())
	timeout := instant(c.reading.wait())
	if last <= *start || timeout <= 0 || before-last >= timeout {
		return false
	}
	if until := c.reading.until; until != 0 && before >= until {
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
	c.reading.armed = 0
	c.net.SetReadDeadline(time.Time{})
}
