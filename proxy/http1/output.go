package http1

// Write appends p to the output, sending what does not fit.
func (c *Conn) Write(p []byte) (int, error) {
	if c.room(len(p)) {
		c.n += copy(c.out.bytes[c.n:], p)
		return len(p), nil
	}
	c.segments[0], c.segments[1] = c.out.bytes[:c.n], p
	c.vector = c.segments[:]
	c.n = 0
	if err := c.send(); err != nil {
		return 0, err
	}
	return len(p), nil
}

// WriteString is Write for a string.
func (c *Conn) WriteString(s string) error {
	if c.room(len(s)) {
		c.n += copy(c.out.bytes[c.n:], s)
		return nil
	}
	_, err := c.Write([]byte(s))
	return err
}

// WriteByte appends one byte to the output.
func (c *Conn) WriteByte(b byte) error {
	if err := c.reserve(1); err != nil {
		return err
	}
	c.out.bytes[c.n] = b
	c.n++
	return nil
}

// room reports whether n more bytes fit into the output buffer, and makes sure of it.
func (c *Conn) room(n int) bool {
	if c.out == nil {
		c.out = c.limits.borrow()
	}
	if c.n+n <= len(c.out.bytes) {
		return true
	}
	if c.n+n > c.limits.BufferSize || len(c.out.bytes) == c.limits.BufferSize {
		return false
	}
	c.out = c.limits.grow(c.out, c.n)
	return true
}

// reserve makes room for n bytes, a few, by sending what is there if it must.
func (c *Conn) reserve(n int) error {
	if c.room(n) {
		return nil
	}
	err := c.Flush()
	c.room(n)
	return err
}

// Takes reports whether n more bytes can be written without any being sent.
func (c *Conn) Takes(n int) bool { return c.failed == nil && c.n+n <= c.limits.BufferSize }

// Unsent returns how many bytes wait for Flush.
func (c *Conn) Unsent() int { return c.n }

// Flush sends what was written. After an error every later Flush returns it, so that writes in between need no check.
func (c *Conn) Flush() error {
	if c.n == 0 {
		return c.failed
	}
	c.segments[0] = c.out.bytes[:c.n]
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
		if err := c.sendSome(nil); err != nil {
			return err
		}
	}
	return nil
}

// sendSome waits until the peer takes some of the vector or, where that is not nil, of what is on a path.
func (c *Conn) sendSome(path *kernelPath) error {
	want := c.writing.deadline(now())
	if c.writing.mustArm(want) || c.brittle && c.writing.armed != want {
		c.writing.armed = want
		c.net.SetWriteDeadline(want.time())
	}
	n, err := c.sendOnce(path)
	if n > 0 {
		c.sent.Add(n)
		c.active.Store(int64(now()))
	}
	if err == nil {
		return nil
	}
	if !isTimeout(err) {
		return err
	}
	if c.brittle || n == 0 && want != 0 && now() >= want {
		c.writing.armed = 0
		return ErrTimeout
	}
	c.writing.armed = c.writing.deadline(now())
	c.net.SetWriteDeadline(c.writing.armed.time())
	return nil
}

func (c *Conn) sendOnce(path *kernelPath) (int64, error) {
	if path != nil {
		n, err := path.send()
		return int64(n), err
	}
	if len(c.vector) == 1 || len(c.vector[0]) == 0 {
		// writev is of no use for one piece.
		last := len(c.vector) - 1
		n, err := c.writeSocket(c.vector[last])
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
