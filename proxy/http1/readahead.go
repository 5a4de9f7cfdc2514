package http1

import "io"

// Ahead returns what was decoded and not read yet.
func (b *Body) Ahead() []byte { return b.conn.Buffered()[:b.ahead] }

// ReadAhead decodes what is buffered of the body, for others to look at before it is forwarded; with wait it waits for
// input once when that was not enough. It returns ErrFull when limit bytes are ahead or the buffer has no more room,
// io.EOF when the body is ahead to its end, and otherwise what the network or the decoding says. The bytes of Ahead do not
// move until the next call on the body, even if others fill the connection's buffer meanwhile.
func (b *Body) ReadAhead(limit int, wait bool) error {
	if b.failed != nil {
		return b.failed
	}
	b.conn.compact()
	for ; ; wait = false {
		err := b.decodeAhead(limit)
		b.closeGap()
		switch {
		case err == errWait && !wait:
			return nil
		case err == io.EOF, err == ErrFull:
			return err
		case err != errWait:
			b.failed = err
			return err
		case b.conn.full():
			return ErrFull
		}
		if err := b.wait(); err == io.EOF {
			return b.endAhead()
		} else if err != nil {
			return err
		}
	}
}

// decodeAhead moves each decoded piece up to those before it, until there is a reason to stop.
func (b *Body) decodeAhead(limit int) error {
	b.nowait, b.peeking = true, true
	defer func() { b.nowait, b.peeking = false, false }()
	for b.ahead < limit {
		piece, err := b.decode(limit - b.ahead)
		if err != nil {
			return err
		}
		copy(b.conn.Buffered()[b.ahead:], piece)
		b.ahead += len(piece)
		b.gap -= len(piece)
	}
	if b.ended {
		return io.EOF
	}
	return ErrFull
}

// endAhead takes in the peer's end of the connection.
func (b *Body) endAhead() error {
	if b.framing.Kind == UntilClose {
		b.ended = true
		return io.EOF
	}
	b.failed = ErrTruncated
	return b.failed
}

// nextAhead returns a piece of what was decoded ahead.
func (b *Body) nextAhead(most int) []byte {
	piece := b.Ahead()
	piece = piece[:min(len(piece), most)]
	b.conn.Discard(len(piece))
	b.ahead -= len(piece)
	return piece
}

// closeGap takes framing that was decoded out of the buffer.
func (b *Body) closeGap() {
	if b.gap > 0 {
		b.conn.remove(b.ahead, b.gap)
		b.gap = 0
	}
}
