package runtime

import "time"

// Watch sends what was answered so far, then has show add to it whenever more receives, until the client sends anything,
// which is dropped, or is gone.
func (c *Call) Watch(more <-chan struct{}, show func()) {
	if c.output.Flush() != nil {
		return
	}
	quiet := c.conn.timeout
	c.conn.timeout = 0 // events may be rare
	stirred := make(chan struct{})
	go func() {
		defer close(stirred)
		c.input.Peek(1)
		c.input.Discard(c.input.Buffered())
	}()
	defer func() {
		c.conn.Conn.SetReadDeadline(time.Now()) // the client may be silent still
		<-stirred
		c.conn.timeout = quiet
	}()
	for {
		select {
		case <-stirred:
			return
		case <-more:
			if show(); c.output.Flush() != nil {
				return
			}
		}
	}
}
