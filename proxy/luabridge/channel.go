package luabridge

import (
	"bytes"
	"context"
	"errors"
	"math"

	"tidelock/abi"
	"tidelock/host"
	"tidelock/proxy/stream"
)

// channelFunctions are the methods of the class Channel, and those that HTTPMessage shares with it.
var channelFunctions = func() host.Functions {
	all := host.Functions{}
	for direction, isResponse := range map[string]bool{"req": false, "res": true} {
		for name, f := range map[string]func(c *host.Call, b buffer) error{
			"data": channelData, "line": channelLine, "dup": channelDup, "get": channelGet, "getline": channelGetLine,
			"append": channelAppend, "prepend": channelPrepend, "insert": channelInsert, "remove": channelRemove,
			"set": channelSet, "send": channelSend, "forward": channelForward,
		} {
			all["channel."+direction+"_"+name] = onBuffer(isResponse, f)
		}
		for name, f := range map[string]func(c *host.Call, b buffer) error{
			"input": channelInput, "output": channelOutput, "may_recv": channelMayReceive, "is_full": channelIsFull,
		} {
			all["channel."+direction+"_"+name] = onState(isResponse, f)
		}
		all["channel."+direction+"_is_resp"] = func(c *host.Call) error {
			c.Results.Bool(isResponse)
			return nil
		}
	}
	return all
}()

// buffer is what a Channel or HTTPMessage works on: data of one direction that has come in and was not forwarded.
type buffer interface {
	Data() []byte
	// Pass forwards the first n bytes.
	Pass(n int)
	// Send forwards p before Data.
	Send(p []byte)
	// Replace puts p in the place of n bytes from an offset on, if there is room.
	Replace(offset, n int, p []byte) bool
	Room() int
	// Final reports whether no more comes in.
	Final() bool
	// Passed returns how much was forwarded and has not left yet.
	Passed() int
}

// waitingBuffer is a buffer in which a script can wait for more.
type waitingBuffer interface {
	buffer
	// More waits until more has come in. It returns an error when no more will.
	More() error
}

// conduit is what the handle of a filter's Channel or HTTPMessage stands for.
type conduit struct {
	filtering *filtering
	response  bool
}

func (d *conduit) transaction() *transaction { return d.filtering.exchange }

// Errors of channels. The first one has HAProxy's words.
var (
	errHTTPChannel = errors.New("Cannot manipulate HAProxy channels in HTTP mode.")
	errDirection   = errors.New("a filter can reach the data of a channel only in the callbacks for it")
	errNoData      = errors.New("there is no data at this point of the exchange")
	errOffset      = errors.New("offset out of range.")
	errLength      = errors.New("length out of range.")
)

// bufferOf takes the object and returns what it works on. Of an exchange in HTTP only filters may touch the data.
func bufferOf(c *host.Call, isResponse bool) (buffer, error) {
	if handle(c) != 0 {
		o, err := c.Object()
		if err != nil {
			return nil, err
		}
		d, ok := o.(*conduit)
		if !ok {
			return nil, errObject
		}
		if i := d.filtering; i.current != nil && i.current.Response == d.response {
			return i.current, nil
		}
		return nil, errDirection
	}
	t, err := current(c)
	if err != nil {
		return nil, err
	}
	if i, ok := c.Execution.Subject.(*filtering); ok {
		if i.current != nil && i.current.Response == isResponse {
			return i.current, nil
		}
		return nil, errDirection
	}
	s := t.samples.Stream
	if s == nil {
		return nil, errNoData
	}
	return actionBuffer(s, isResponse), nil
}

// handle returns that of the object whose method is called, without taking it.
func handle(c *host.Call) int64 {
	arguments := c.Arguments
	if v := arguments.Next(); v.Type == abi.Handle {
		return v.Int
	}
	return 0
}

// onBuffer is a method that works on data.
func onBuffer(isResponse bool, f func(c *host.Call, b buffer) error) host.Function {
	return func(c *host.Call) error {
		fromFilter := handle(c) != 0
		b, err := bufferOf(c, isResponse)
		if err != nil {
			return err
		}
		if subject, ok := c.Execution.Subject.(subject); ok && !fromFilter && subject.transaction().samples.Stream.Request != nil {
			return errHTTPChannel
		}
		return f(c, b)
	}
}

// onState is a method that tells about a channel.
func onState(isResponse bool, f func(c *host.Call, b buffer) error) host.Function {
	return func(c *host.Call) error {
		b, err := bufferOf(c, isResponse)
		if err != nil {
			return err
		}
		return f(c, b)
	}
}

// span takes an offset and a length, as far as they are there. A negative offset counts from the end; wait says that the
// length reaches beyond what there is, and that the script would rather have more.
func span(c *host.Call, length int) (offset, n int, wait bool, err error) {
	if c.Arguments.More() {
		v, err := c.Int()
		if err != nil {
			return 0, 0, false, err
		}
		if v < 0 {
			v = max(v+int64(length), 0)
		}
		if v > int64(length) {
			return 0, 0, false, errOffset
		}
		offset = int(v)
	}
	n = length - offset
	if c.Arguments.More() {
		v, err := c.Int()
		if err != nil {
			return 0, 0, false, err
		}
		switch {
		case v == -1:
			return offset, n, true, nil
		case v < 0:
			return 0, 0, false, errLength
		case v > int64(n):
			return offset, n, true, nil
		}
		n = int(v)
	}
	return offset, n, false, nil
}

// exactSpan is span for what must be there.
func exactSpan(c *host.Call, length int) (offset, n int, err error) {
	offset, n, beyond, err := span(c, length)
	if err == nil && beyond {
		err = errLength
	}
	return offset, n, err
}

// deliver gives data to the script, nil when there is none and will be none.
func deliver(w *abi.Writer, b buffer, data []byte) {
	if len(data) == 0 && b.Final() {
		w.Nil()
		return
	}
	w.StringBytes(data)
}

// patient calls try with what there is until it reports that this will do, waiting for more in between where that can be
// waited for, and for the last time when no more comes.
func patient(c *host.Call, b buffer, try func(results *abi.Writer, last bool) bool) error {
	more, can := b.(waitingBuffer)
	if !can || b.Final() {
		try(&c.Results, true)
		return nil
	}
	if try(&c.Results, false) {
		return nil
	}
	c.Results.Truncate(0)
	return c.Park(func(_ context.Context, results *abi.Writer) error {
		for {
			last := more.More() != nil
			if try(results, last) || last {
				return nil
			}
			results.Truncate(0)
		}
	})
}

// channelData is data([offset [, length]]) -> string or nil.
func channelData(c *host.Call, b buffer) error {
	offset, n, wait, err := span(c, len(b.Data()))
	if err != nil {
		return err
	}
	if !wait {
		deliver(&c.Results, b, b.Data()[offset:offset+n])
		return nil
	}
	return patient(c, b, func(results *abi.Writer, last bool) bool {
		deliver(results, b, b.Data()[min(offset, len(b.Data())):])
		return last
	})
}

// channelLine is line([offset [, length]]) -> string or nil.
func channelLine(c *host.Call, b buffer) error {
	offset, n, wait, err := span(c, len(b.Data()))
	if err != nil {
		return err
	}
	if !wait {
		line, _ := cutLine(b.Data()[offset : offset+n])
		deliver(&c.Results, b, line)
		return nil
	}
	return patient(c, b, func(results *abi.Writer, last bool) bool {
		line, whole := cutLine(b.Data()[min(offset, len(b.Data())):])
		deliver(results, b, line)
		return whole || last
	})
}

// cutLine returns the first line with its end, or all when there is none.
func cutLine(data []byte) (line []byte, whole bool) {
	if i := bytes.IndexByte(data, '\n'); i >= 0 {
		return data[:i+1], true
	}
	return data, false
}

// channelDup is dup() -> string or nil.
func channelDup(c *host.Call, b buffer) error {
	return patient(c, b, func(results *abi.Writer, last bool) bool {
		deliver(results, b, b.Data())
		return last || len(b.Data()) > 0
	})
}

// channelGet is get() -> string or nil.
func channelGet(c *host.Call, b buffer) error {
	return patient(c, b, func(results *abi.Writer, last bool) bool {
		return take(results, b, b.Data(), last || len(b.Data()) > 0)
	})
}

// channelGetLine is getline() -> string or nil.
func channelGetLine(c *host.Call, b buffer) error {
	return patient(c, b, func(results *abi.Writer, last bool) bool {
		line, whole := cutLine(b.Data())
		return take(results, b, line, whole || last)
	})
}

// take delivers data that stands first, and removes it, when it will do.
func take(results *abi.Writer, b buffer, data []byte, enough bool) bool {
	if enough {
		deliver(results, b, data)
		b.Replace(0, len(data), nil)
	}
	return enough
}

// copied gives the script the result of having copied a text: its length, or -1.
func copied(c *host.Call, b buffer, offset, n int, text []byte) error {
	if !b.Replace(offset, n, text) {
		c.Results.Int(-1)
		return nil
	}
	c.Results.Int(int64(len(text)))
	return nil
}

// channelAppend is append(string) -> length or -1.
func channelAppend(c *host.Call, b buffer) error {
	text, err := c.String()
	if err != nil {
		return err
	}
	return copied(c, b, len(b.Data()), 0, text)
}

// channelPrepend is prepend(string) -> length or -1.
func channelPrepend(c *host.Call, b buffer) error {
	text, err := c.String()
	if err != nil {
		return err
	}
	return copied(c, b, 0, 0, text)
}

// channelInsert is insert(string [, offset]) -> length or -1.
func channelInsert(c *host.Call, b buffer) error {
	text, err := c.String()
	if err != nil {
		return err
	}
	offset, _, _, err := span(c, len(b.Data()))
	if err != nil {
		return err
	}
	return copied(c, b, offset, 0, text)
}

// channelRemove is remove([offset [, length]]) -> length.
func channelRemove(c *host.Call, b buffer) error {
	offset, n, err := exactSpan(c, len(b.Data()))
	if err != nil {
		return err
	}
	b.Replace(offset, n, nil)
	c.Results.Int(int64(n))
	return nil
}

// channelSet is set(string [, offset [, length]]) -> length or -1.
func channelSet(c *host.Call, b buffer) error {
	text, err := c.String()
	if err != nil {
		return err
	}
	offset, n, err := exactSpan(c, len(b.Data()))
	if err != nil {
		return err
	}
	return copied(c, b, offset, n, text)
}

// channelSend is send(string) -> length or -1.
func channelSend(c *host.Call, b buffer) error {
	text, err := c.String()
	if err != nil {
		return err
	}
	if len(text) > b.Room() {
		c.Results.Int(-1)
		return nil
	}
	b.Send(text)
	c.Results.Int(int64(len(text)))
	return nil
}

// channelForward is forward(length) -> length. In an action it waits until so much has come.
func channelForward(c *host.Call, b buffer) error {
	n, err := c.Int()
	if err != nil {
		return err
	}
	left := int(min(max(n, 0), math.MaxInt32))
	passed := 0
	return patient(c, b, func(results *abi.Writer, last bool) bool {
		before := len(b.Data())
		b.Pass(left)
		done := before - len(b.Data())
		left, passed = left-done, passed+done
		results.Int(int64(passed))
		return left == 0 || last
	})
}

// channelInput is input() -> length. While an HTTP message's head has not passed it counts, as HAProxy counts it.
func channelInput(c *host.Call, b buffer) error {
	n := int64(len(b.Data()))
	if i, ok := c.Execution.Subject.(*filtering); ok && i.current != nil && i.current.Message != nil && !i.exchange.headSent {
		stream.AddHead(&n, i.current.Message)
	}
	c.Results.Int(n)
	return nil
}

// channelOutput is output() -> length.
func channelOutput(c *host.Call, b buffer) error {
	c.Results.Int(int64(b.Passed()))
	return nil
}

// channelMayReceive is may_recv() -> boolean.
func channelMayReceive(c *host.Call, b buffer) error {
	c.Results.Bool(!b.Final())
	return nil
}

// channelIsFull is is_full() -> boolean.
func channelIsFull(c *host.Call, b buffer) error {
	c.Results.Bool(b.Room() == 0)
	return nil
}
