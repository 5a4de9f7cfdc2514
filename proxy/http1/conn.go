// Package http1 is the HTTP/1 codec: it parses and writes messages and their bodies on a network connection, as strict as
// RFC 9112 and HAProxy ask, without an allocation per message.
package http1

import (
	"crypto/tls"
	"errors"
	"net"
	"sync/atomic"
	"syscall"
	"time"
)

// Errors of reading and writing a connection, besides those of the network itself.
var (
	ErrTimeout     = errors.New("http1: timeout")
	ErrInterrupted = errors.New("http1: interrupted")
	ErrFull        = errors.New("http1: buffer full")
)

// Conn is a network connection with a buffer for each direction and deadlines that cost nearly nothing to move. One
// goroutine may read while another writes.
type Conn struct {
	net     net.Conn
	raw     syscall.RawConn // of a net that is a socket and nothing more, else nil
	brittle bool            // a write that a deadline strikes cannot be taken up again: a record of TLS went out in part

	limits   *limits
	peer     Peer
	in       *buffer // nil while there is no use for it
	r, w     int     // unread input is in[r:w]
	scout    [1]byte // input that Await met
	filled   bool    // the last read left no room: more is likely to wait
	out      *buffer // nil like in
	n        int     // unsent output is out[:n]
	vector   net.Buffers
	segments [2][]byte
	failed   error // of sending; nothing more is sent after it
	asking   bool  // the output leaves when input is waited for

	reading, writing limit
	// active is when bytes last moved in either direction, in nanoseconds since epoch: a peer that is busy receiving is
	// not to be timed out for not sending.
	active      atomic.Int64
	interrupted atomic.Bool // FillIdle returns at once
	halted      atomic.Bool // every read returns at once

	received, sent atomic.Int64
	fault          int // where the line begins that made ReadRequest or ReadResponse refuse the message
}

// NewConn wraps a connection. Buffers are borrowed from a pool when there is use for them, until Release or Close.
func NewConn(c net.Conn) *Conn {
	conn := &Conn{}
	conn.Attach(c)
	return conn
}

// Attach makes c, which must be closed or new, the wrapper of another connection.
func (c *Conn) Attach(nc net.Conn) {
	c.carry(nc)
	c.limits = tuned.Load()
	c.peer = Peer{}
	c.r, c.w, c.n = 0, 0, 0
	c.filled, c.asking = false, false
	c.failed = nil
	c.reading.reset()
	c.writing.reset()
	c.interrupted.Store(false)
	c.halted.Store(false)
	c.received.Store(0)
	c.sent.Store(0)
}

// Replace goes on with what now secures the connection and has taken over what was buffered. Nothing may be using c, but
// Interrupt may have been called before.
func (c *Conn) Replace(nc net.Conn) {
	c.carry(nc)
	c.r, c.w = 0, 0
	c.reading.armed, c.writing.armed = 0, 0
	nc.SetDeadline(time.Time{})
}

func (c *Conn) carry(nc net.Conn) {
	c.net, c.raw = nc, rawSocket(nc)
	_, c.brittle = nc.(interface{ ConnectionState() tls.ConnectionState })
}

// Release gives back buffers with nothing in them, for a connection that goes idle. Any use borrows them again.
func (c *Conn) Release() {
	if c.in != nil && c.r == c.w {
		c.in.giveBack()
		c.in = nil
		c.r, c.w = 0, 0
	}
	if c.out != nil && c.n == 0 {
		c.out.giveBack()
		c.out = nil
	}
}

// BufferSize returns how much of a message may be buffered.
func (c *Conn) BufferSize() int { return c.limits.BufferSize }

// MaxRewrite returns how much of that a message leaves for what rules add.
func (c *Conn) MaxRewrite() int { return c.limits.MaxRewrite }

// headSpace is the most that a message's head may take.
func (c *Conn) headSpace() int { return c.limits.BufferSize - c.limits.MaxRewrite }

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

// Refused returns what has arrived of a message that ReadRequest or ReadResponse refused, and the position of the first
// byte that should not be there: exactly for a byte in the name of a header, otherwise of the line that it is in.
func (c *Conn) Refused() (text []byte, position int) {
	text = c.Buffered()
	position = min(c.fault, len(text))
	if position == 0 {
		return text, 0
	}
	for i, b := range text[position:] {
		if b == ':' || b == '\n' {
			break
		}
		if !is(b, tokenByte) {
			return text, position + i
		}
	}
	return text, position
}
