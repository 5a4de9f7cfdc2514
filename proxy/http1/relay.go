package http1

import (
	"errors"
	"io"
	"math"
)

// errNoPipe means that all pipes are in use.
var errNoPipe = errors.New("http1: no pipe left")

// relayMin is the least rest of a body that is worth the way through the kernel.
const relayMin = 32 << 10

// Streams reports whether more input is likely to wait than a buffer holds.
func (c *Conn) Streams() bool {
	return c.filled && c.in != nil && len(c.in.bytes) == c.limits.BufferSize
}

// Relay moves what arrives on c to another connection, to the end of input or until it has moved most bytes, through the
// kernel alone. Nothing may be buffered in c. It stops without an error where that is not possible (any longer): plain TCP
// on both sides, and a pipe for the moment that bytes are on their way. Errors of the other connection are *FlushError.
func (c *Conn) Relay(to *Conn, most int64) (n int64, err error) {
	path := newKernelPath(c.net, to.net, c.limits.MaxPipes)
	if path == nil {
		return 0, nil
	}
	defer path.end()
	if err := to.Flush(); err != nil {
		return 0, &FlushError{err}
	}
	for n < most {
		path.most = int(min(most-n, math.MaxInt32))
		if _, err := c.receive(nil, path, false); err == errNoPipe {
			return n, nil
		} else if err != nil {
			return n, err
		}
		for before := path.pending(); before > 0; before = path.pending() {
			if to.failed = to.sendSome(path); to.failed != nil {
				return n, &FlushError{to.failed}
			}
			n += int64(before - path.pending())
		}
	}
	return n, nil
}

// Relay moves what it can of the body to w past the process (Conn.Relay), and reports whether it moved anything. It does so
// where the framing stays as it is and there is enough to make it worth while.
func (b *Body) Relay(w *BodyWriter) (moved bool, err error) {
	if b.Done() || b.ahead+b.gap > 0 || b.failed != nil || len(b.raw()) > 0 || w.discard || b.framing.Kind != w.framing.Kind {
		return false, nil
	}
	most := int64(math.MaxInt64)
	switch {
	case b.framing.Kind == Length && b.remaining >= relayMin && b.remaining == w.remaining:
		most = b.remaining
	case b.framing.Kind == UntilClose && b.conn.Streams():
	default:
		return false, nil
	}
	n, err := b.conn.Relay(w.conn, most)
	b.decoded += n
	if b.framing.Kind == Length {
		b.remaining -= n
		w.remaining -= n
		b.ended = b.remaining == 0
		err = truncated(err)
	} else if err == io.EOF {
		b.ended, err = true, nil
	}
	return n > 0 || b.ended, err
}
