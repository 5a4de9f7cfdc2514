// Package sample extracts typed values from an exchange and transforms them: the sample expressions of HAProxy's manual,
// section 7.3. An expression is a fetch followed by converters; it is parsed and type checked when the configuration is
// loaded, and evaluated without looking anything up.
//
// Fetches and converters are rows of a registry, grouped in files as the manual groups them. A new one is a function and
// a row.
package sample

import (
	"sync"

	"tidelock/proxy/message"
	"tidelock/proxy/stream"
	"tidelock/proxy/value"
)

// Context is what an evaluation works with. Values that it yields may alias Scratch and stay valid until it is reset or
// released. A context serves one goroutine at a time.
type Context struct {
	Stream  *stream.Stream
	Phase   Phase
	Scratch value.Scratch // bytes of values
	Cursor  Cursor        // for ACLs, which iterate over samples one expression at a time
	Output  value.Scratch // bytes of texts that are made of several values, while Scratch is in use for each

	// Incomplete is set by a fetch that would find something else, or anything at all, if it had bytes that may still come
	// (stream.Input.Final). Who evaluates a condition clears it before.
	Incomplete bool
}

var contexts = sync.Pool{New: func() any { return new(Context) }}

// Acquire returns a context for the evaluation of samples of s. Give it back with Release.
func Acquire(s *stream.Stream, p Phase) *Context {
	c := contexts.Get().(*Context)
	c.Stream, c.Phase = s, p
	return c
}

// Release gives c back. Values that it yielded are no longer valid.
func (c *Context) Release() {
	c.Scratch.Reset()
	c.Output.Reset()
	c.Stream, c.Cursor, c.Incomplete = nil, Cursor{}, false
	contexts.Put(c)
}

// message returns the message of the direction that is processed, or nil.
func (c *Context) message() *message.Message {
	if c.Phase&(onResponse|Log) != 0 {
		return c.Stream.Response
	}
	return c.Stream.Request
}

// text keeps what has been built as a string value.
func (c *Context) text(b []byte) value.Value { return value.Text(c.Scratch.Keep(b)) }

// bytes keeps what has been built as a binary value.
func (c *Context) bytes(b []byte) value.Value { return value.Bytes(c.Scratch.Keep(b)) }
