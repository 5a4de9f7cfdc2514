package sample

import (
	"encoding/binary"
	"errors"
	"strconv"

	"tidelock/proxy/stream"
	"tidelock/proxy/value"
)

// payloadFetches are those of the manual's section 7.3.5: bytes that have arrived and were not passed on, of connections
// that carry no HTTP.
var payloadFetches = []Fetch{
	{Name: "distcc_body", Parameters: required(String).and(Integer), Output: value.Binary, Source: messageBuffer, Prepare: prepareDistcc, Get: distccBody},
	{Name: "distcc_param", Parameters: required(String).and(Integer), Output: value.Integer, Source: messageBuffer, Prepare: prepareDistcc, Get: distccParameter},
	{Name: "payload", Parameters: required(Integer, Integer), Output: value.Binary, Source: messageBuffer, Get: payload(currentInput)},
	{Name: "payload_lv", Parameters: required(Integer, Integer).and(String), Output: value.Binary, Source: messageBuffer, Prepare: preparePrefixed, Get: prefixedPayload(currentInput)},
	{Name: "rdp_cookie", Parameters: optional(String), Output: value.String, Source: requestBuffer, Get: rdpCookie},
	{Name: "rdp_cookie_cnt", Parameters: optional(String), Output: value.Integer, Source: requestBuffer, Get: rdpCookieCount},
	{Name: "req.len", Output: value.Integer, Source: requestBuffer, Get: inputLen(requestInput)},
	{Name: "req.payload", Parameters: required(Integer, Integer), Output: value.Binary, Source: requestBuffer, Get: payload(requestInput)},
	{Name: "req.payload_lv", Parameters: required(Integer, Integer).and(String), Output: value.Binary, Source: requestBuffer, Prepare: preparePrefixed, Get: prefixedPayload(requestInput)},
	{Name: "req.rdp_cookie", Parameters: optional(String), Output: value.String, Source: requestBuffer, Get: rdpCookie},
	{Name: "req.rdp_cookie_cnt", Parameters: optional(String), Output: value.Integer, Source: requestBuffer, Get: rdpCookieCount},
	{Name: "req_len", Output: value.Integer, Source: requestBuffer, Get: inputLen(requestInput)},
	{Name: "res.len", Output: value.Integer, Source: responseBuffer, Get: inputLen(responseInput)},
	{Name: "res.payload", Parameters: required(Integer, Integer), Output: value.Binary, Source: responseBuffer, Get: payload(responseInput)},
	{Name: "res.payload_lv", Parameters: required(Integer, Integer).and(String), Output: value.Binary, Source: responseBuffer, Prepare: preparePrefixed, Get: prefixedPayload(responseInput)},
	{Name: "wait_end", Output: value.Boolean, Source: internalState, Get: waitEnd},
}

// The rows differ in the direction whose bytes they read, which these functions select. They yield nil for HTTP.
type inputSelector func(c *Context) stream.Input

func requestInput(c *Context) stream.Input {
	if c.Stream.Request != nil && !c.Stream.Request.Empty() {
		return nil
	}
	return c.Stream.RequestInput
}

func responseInput(c *Context) stream.Input {
	if c.Stream.Response != nil && !c.Stream.Response.Empty() {
		return nil
	}
	return c.Stream.ResponseInput
}

func currentInput(c *Context) stream.Input {
	if c.Phase&(onResponse|Log) != 0 {
		return responseInput(c)
	}
	return requestInput(c)
}

// peek returns what has arrived, and notes that more may follow.
func (c *Context) peek(in stream.Input) []byte {
	if !in.Final() {
		c.Incomplete = true
	}
	return in.Peek()
}

// inputLen counts a message for the bytes that its parts have.
func inputLen(of inputSelector) getter {
	return func(c *Context, _ []Argument) value.Value {
		if in := of(c); in != nil {
			return value.Int(int64(len(c.peek(in))))
		}
		if m := c.message(); m != nil {
			return value.Int(int64(blocksOf(c, m).bytes))
		}
		return value.Value{}
	}
}

// payload returns so many bytes from an offset on, all that there are when no number is wanted.
func payload(of inputSelector) getter {
	return func(c *Context, a []Argument) value.Value {
		in := of(c)
		if in == nil {
			return value.Value{}
		}
		return slice(c.peek(in), a[0].Int, a[1].Int)
	}
}

func slice(b []byte, offset, length int64) value.Value {
	n := int64(len(b))
	switch {
	case offset < 0 || length < 0 || offset > n || length > n-offset:
		return value.Value{}
	case length == 0:
		return value.Bytes(b[offset:])
	}
	return value.Bytes(b[offset : offset+length])
}

// preparePrefixed reads the third argument: an offset, or with a sign one from the end of the length.
func preparePrefixed(_ *Compiler, a []Argument) (err error) {
	if a[0].Int < 0 || a[1].Int <= 0 {
		return errors.New("payload length must be > 0")
	}
	if a[2].Text == "" {
		a[2].Int = a[0].Int + a[1].Int
		return nil
	}
	if a[2].Int, err = strconv.ParseInt(a[2].Text, 10, 32); err != nil {
		return errors.New("payload offset2 is not a number")
	}
	if sign := a[2].Text[0]; sign == '+' || sign == '-' {
		a[2].Int += a[0].Int + a[1].Int
	}
	if a[2].Int < 0 {
		return errors.New("payload offset2 too negative")
	}
	return nil
}

// prefixedPayload returns a block whose length is written before it in network byte order.
func prefixedPayload(of inputSelector) getter {
	return func(c *Context, a []Argument) value.Value {
		in := of(c)
		if in == nil {
			return value.Value{}
		}
		b := c.peek(in)
		prefix := slice(b, a[0].Int, a[1].Int)
		if !prefix.Valid() {
			return prefix
		}
		var number [8]byte
		digits := prefix.Data
		for len(digits) > len(number) && digits[0] == 0 {
			digits = digits[1:]
		}
		if len(digits) > len(number) {
			return value.Value{}
		}
		copy(number[len(number)-len(digits):], digits)
		length := binary.BigEndian.Uint64(number[:])
		if length == 0 || length > uint64(len(b)) {
			return value.Value{}
		}
		return slice(b, a[2].Int, int64(length))
	}
}

// waitEnd finds nothing as long as more may arrive.
func waitEnd(c *Context, _ []Argument) value.Value {
	if in := currentInput(c); in != nil && !in.Final() {
		c.Incomplete = true
		return value.Value{}
	}
	return value.Bool(true)
}
