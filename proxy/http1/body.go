package http1

import (
	"bytes"
	"errors"
	"io"
	"math"

	"tidelock/proxy/message"
)

// ErrTruncated means that the peer closed before the end that the framing promised.
var ErrTruncated = errors.New("http1: connection closed inside a body")

// Body takes the framing off a body as it arrives. The zero value is a body of nothing.
//
// What was decoded ahead of its time (ReadAhead) stays at the front of the connection's input buffer until Next returns
// it; the framing taken out from between leaves a gap behind it, and the input that is not decoded yet follows.
type Body struct {
	conn      *Conn
	flush     *Conn // flushed before each wait, so that what was forwarded does not lie around
	message   *message.Message
	framing   Framing
	remaining int64 // of a Length body or of the current chunk
	state     chunkState
	ended     bool  // decoded to its end
	nowait    bool  // fail where input would have to be waited for
	peeking   bool  // what is decoded stays in the buffer
	failed    error // of decoding, met ahead of its time
	ahead     int   // bytes decoded ahead
	gap       int   // bytes of framing between those and the input that is not decoded

	trailers, trailerBytes int // met so far

	decoded int64 // bytes decoded, and the texts of trailers
}

// errWait is what a body that must not wait fails with.
var errWait = errors.New("http1: body not buffered")

// chunkState is the part of the chunked coding that comes next.
type chunkState uint8

const (
	chunkSize chunkState = iota
	chunkData
	chunkEnd
	chunkTrailers
)

// Begin makes b the body that follows a head read from conn. Trailers are added to m. flush, which may be nil, is
// flushed before each wait for input.
func (b *Body) Begin(conn *Conn, framing Framing, m *message.Message, flush *Conn) {
	*b = Body{conn: conn, flush: flush, message: m, framing: framing, remaining: framing.Length}
	b.ended = framing.Empty()
}

// FlushBeforeWait changes what is flushed before each wait for input.
func (b *Body) FlushBeforeWait(conn *Conn) { b.flush = conn }

// Done reports whether the body was read to its end.
func (b *Body) Done() bool { return b.ended && b.ahead == 0 }

// Size returns how much was decoded so far: data, the texts of trailers, and one for the end of chunks, which is how
// HAProxy counts what its logs report.
func (b *Body) Size() int64 {
	if b.ended && b.framing.Kind == Chunked {
		return b.decoded + 1
	}
	return b.decoded
}

// Framing returns how the body arrives.
func (b *Body) Framing() Framing { return b.framing }

// Next returns the next piece, waiting for one when none is buffered, and io.EOF after the last. The slice aliases the
// connection's buffer: valid until the next call on either.
func (b *Body) Next() ([]byte, error) { return b.next(math.MaxInt) }

// Read implements io.Reader.
func (b *Body) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	piece, err := b.next(len(p))
	return copy(p, piece), err
}

func (b *Body) next(most int) ([]byte, error) {
	if b.ahead > 0 {
		return b.nextAhead(most), nil
	}
	if b.failed != nil {
		return nil, b.failed
	}
	return b.decode(most)
}

// decode returns the next piece of what is not decoded yet.
func (b *Body) decode(most int) ([]byte, error) {
	if b.ended {
		return nil, io.EOF
	}
	if b.framing.Kind == Chunked {
		return b.nextChunked(most)
	}
	if len(b.raw()) == 0 {
		if err := b.wait(); err != nil {
			if err == io.EOF && b.framing.Kind == UntilClose {
				b.ended = true
				return nil, io.EOF
			}
			return nil, truncated(err)
		}
	}
	if b.framing.Kind == UntilClose {
		piece := b.raw()
		piece = piece[:min(len(piece), most)]
		b.consume(len(piece))
		b.decoded += int64(len(piece))
		return piece, nil
	}
	piece := b.take(most)
	b.ended = b.remaining == 0
	return piece, nil
}

// take consumes buffered bytes of what remains.
func (b *Body) take(most int) []byte {
	piece := b.raw()
	n := min(len(piece), most)
	if int64(n) > b.remaining {
		n = int(b.remaining)
	}
	b.consume(n)
	b.remaining -= int64(n)
	b.decoded += int64(n)
	return piece[:n]
}

// raw returns the input that is not decoded yet.
func (b *Body) raw() []byte { return b.conn.Buffered()[b.ahead+b.gap:] }

// consume takes n bytes off raw.
func (b *Body) consume(n int) {
	if b.ahead > 0 || b.peeking {
		b.gap += n
		return
	}
	b.conn.Discard(n)
}

// Skip drops what is buffered of the body and reports whether that was all that remained.
func (b *Body) Skip() bool {
	b.nowait = true
	for !b.Done() {
		if _, err := b.Next(); err != nil {
			break
		}
	}
	b.nowait = false
	return b.Done()
}

// Buffered reports whether the whole rest of the body can be had without waiting. Of a chunked one that is not known.
func (b *Body) Buffered() bool {
	return b.ended || b.framing.Kind == Length && int64(len(b.raw())) >= b.remaining
}

func (b *Body) wait() error {
	if b.nowait {
		return errWait
	}
	if b.flush != nil {
		if err := b.flush.Flush(); err != nil {
			return &FlushError{err}
		}
	}
	b.closeGap()
	return b.conn.Fill()
}

// FlushError wraps an error of the connection that was flushed while a body waited for input, which is not the
// connection that the body is read from.
type FlushError struct{ Err error }

// Error implements error.
func (e *FlushError) Error() string { return e.Err.Error() }

// Unwrap gives access to the network's error.
func (e *FlushError) Unwrap() error { return e.Err }

func truncated(err error) error {
	if err == io.EOF {
		return ErrTruncated
	}
	return err
}

// nextChunked goes through the states of the chunked coding (RFC 9112, section 7.1) until there is data or the end.
func (b *Body) nextChunked(most int) ([]byte, error) {
	for {
		var err error
		switch b.state {
		case chunkSize:
			err = b.readSize()
		case chunkData:
			if len(b.raw()) == 0 {
				err = b.wait()
				break
			}
			piece := b.take(most)
			if b.remaining == 0 {
				b.state = chunkEnd
			}
			return piece, nil
		case chunkEnd:
			err = b.readEnd()
		case chunkTrailers:
			if err = b.readTrailers(); err == nil {
				b.ended = true
				return nil, io.EOF
			}
		}
		if err != nil {
			return nil, truncated(err)
		}
	}
}

// line returns the next line without its end and the bytes to discard with it. limit bounds its length.
func (b *Body) line(limit int) (line []byte, n int, err error) {
	for {
		in := b.raw()
		i := bytes.IndexByte(in, '\n')
		if i > limit || i < 0 && len(in) > limit {
			return nil, 0, errChunk
		}
		if i >= 0 {
			line = in[:i]
			if i > 0 && line[i-1] == '\r' {
				line = line[:i-1]
			}
			return line, i + 1, nil
		}
		if err := b.wait(); err != nil {
			return nil, 0, err
		}
	}
}

// maxSizeLine bounds a chunk's size with its extensions, which are dropped.
const maxSizeLine = 4096

// readSize reads a chunk's size line. Leading zeros are allowed, the number is bounded as Content-Length is.
func (b *Body) readSize() error {
	line, n, err := b.line(maxSizeLine)
	if err != nil {
		return err
	}
	var size int64
	i := 0
	for ; i < len(line); i++ {
		digit, ok := hexDigit(line[i])
		if !ok {
			break
		}
		if size > maxLength>>4 {
			return errChunk
		}
		size = size<<4 | digit
	}
	if i == 0 || !extensions(line[i:]) {
		return errChunk
	}
	b.consume(n)
	b.remaining = size
	b.state = chunkData
	if size == 0 {
		b.state = chunkTrailers
	}
	return nil
}

// extensions reports whether what follows a chunk's size is white space or an extension.
func extensions(rest []byte) bool {
	for len(rest) > 0 && isSpace(rest[0]) {
		rest = rest[1:]
	}
	return len(rest) == 0 || rest[0] == ';' && none(rest, refused)
}

func hexDigit(c byte) (int64, bool) {
	switch {
	case '0' <= c && c <= '9':
		return int64(c - '0'), true
	case 'a' <= c|0x20 && c|0x20 <= 'f':
		return int64(c|0x20-'a') + 10, true
	}
	return 0, false
}

// readEnd reads the line end behind a chunk's data.
func (b *Body) readEnd() error {
	line, n, err := b.line(1)
	if err != nil {
		return err
	}
	if len(line) > 0 {
		return errChunk
	}
	b.consume(n)
	b.state = chunkSize
	return nil
}

// readTrailers reads the trailer section, together bounded like a head.
func (b *Body) readTrailers() error {
	for {
		line, n, err := b.line(b.conn.headSpace() - b.trailerBytes)
		if err != nil {
			return err
		}
		b.trailerBytes += n
		if len(line) == 0 {
			b.consume(n)
			return nil
		}
		if b.trailers++; b.trailers >= b.conn.limits.MaxHeaders {
			return errTrailer
		}
		name, value, err := splitField(line)
		if err != nil {
			return errTrailer
		}
		b.message.AppendTrailer(name, value)
		b.decoded += int64(len(name) + len(value))
		b.consume(n)
	}
}
