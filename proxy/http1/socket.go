package http1

// FlushBeforeFill is Flush for a whole message that the peer answers: it may leave no sooner than Fill has nothing else to do, which
// returns the error then. Nothing of the exchange may have been sent or received yet.
func (c *Conn) FlushBeforeFill() error {
	if c.raw == nil || c.failed != nil || len(c.Buffered()) > 0 {
		return c.Flush()
	}
	c.asking = c.n > 0
	return nil
}

// ask sends the output and waits for input in p.
func (c *Conn) ask(p []byte) (int, error) {
	c.asking = false
	out := c.out.bytes[:c.n]
	c.n = 0
	sent, n, err := c.out.transfer.ask(c.raw, out, p)
	if sent == 0 && err != nil && isTimeout(err) { // before anything: the deadline was that of an earlier wait
		c.n, c.asking = len(out), true
		return 0, err
	}
	c.sent.Add(int64(sent))
	switch {
	case sent == len(out):
		return n, err
	case err != nil:
		c.failed = err
		return 0, err
	}
	c.segments[0] = out[sent:]
	c.vector = c.segments[:1]
	if err := c.send(); err != nil {
		return 0, err
	}
	return c.readSocket(p)
}

// readSocket waits for input in p.
func (c *Conn) readSocket(p []byte) (int, error) {
	if c.raw == nil || c.in == nil {
		return c.net.Read(p)
	}
	return c.in.transfer.read(c.raw, p)
}

// writeSocket waits until the peer has taken p.
func (c *Conn) writeSocket(p []byte) (int, error) {
	if c.raw == nil || c.out == nil {
		return c.net.Write(p)
	}
	return c.out.transfer.write(c.raw, p)
}
