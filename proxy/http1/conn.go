// Package http1 is the HTTP/1 codec: it parses and writes messages and their bodies on a network connection, as strict as
// RFC 9112 and HAProxy ask, without an allocation per message.
package http1

import (
	"errors"
	"net"
	"sync"
	"sync/atomic"
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
