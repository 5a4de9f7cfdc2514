package host

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"net"

	"tidelock/abi"
)

// socketFunctions are the host functions of HAProxy's class Socket. They give what HAProxy 2.6 itself gives, which is
// less than its manual promises: every end of a connection is "connection closed.".
//
//	socket.new() -> handle
//	socket.connect(handle, address, port) -> 1; nil, message; nil
//	socket.connect_ssl(handle, address, port, options) -> likewise, over TLS: see tlsOptions
//	socket.send(handle, data, first, last) -> number of bytes sent, -1
//	socket.receive(handle, pattern, prefix) -> data; nil, message
//	socket.settimeout(handle, seconds) -> 1
//	socket.getpeername(handle), socket.getsockname(handle) -> "address:port", "unix", nil
//	socket.close(handle) -> the handle of nothing
//
// A socket kept beyond its execution, or without a handle, is a closed one.
type socketFunctions struct {
	dial    func(ctx context.Context, network, address string) (net.Conn, error)
	files   *fileAccess
	maxOpen int
	maxRead int
}

func (s *socketFunctions) library() Functions {
	return Functions{
		"socket.new":         s.open,
		"socket.connect":     func(c *Call) error { return s.connect(c, false) },
		"socket.connect_ssl": func(c *Call) error { return s.connect(c, true) },
		"socket.send":        socketSend,
		"socket.receive":     s.receive,
		"socket.settimeout":  socketSettimeout,
		"socket.getpeername": func(c *Call) error { return socketName(c, net.Conn.RemoteAddr) },
		"socket.getsockname": func(c *Call) error { return socketName(c, net.Conn.LocalAddr) },
		"socket.close":       socketClose,
	}
}

func (s *socketFunctions) open(c *Call) error {
	if c.Execution.handles.count(func(o any) bool { _, ok := o.(*socket); return ok }) >= s.maxOpen {
		return fmt.Errorf("an execution cannot hold more than %d sockets; close those that are no longer needed", s.maxOpen)
	}
	return c.Execution.give(new(socket), &c.Results)
}

// socket takes the handle of a socket; nil stands for a closed one.
func (c *Call) socket() (*socket, error) {
	object, err := c.Object()
	if errors.Is(err, ErrStaleHandle) {
		return nil, nil
	}
	s, ok := object.(*socket)
	if err == nil && !ok {
		err = errors.New("bad argument #1 (not a socket)")
	}
	return s, err
}

func (s *socketFunctions) connect(c *Call, secure bool) error {
	on, err := c.socket()
	if err != nil {
		return err
	}
	if !c.Arguments.More() {
		return errors.New("connect: need at least 2 arguments")
	}
	destination := c.Next()
	text, ok := ToText(destination)
	if !ok {
		return fmt.Errorf("bad argument #1 to 'connect' (string expected, got %s)", destination.Type)
	}
	address, port := string(text), ""
	if given := c.Next(); given.Type != abi.Nil {
		if text, ok = ToText(given); !ok {
			return fmt.Errorf("bad argument #2 to 'connect' (number expected, got %s)", given.Type)
		}
		port = string(text)
	}
	options, err := c.tlsOptions()
	if err != nil {
		return err
	}
	if on == nil {
		c.Results.Nil()
		return nil
	}
	target, err := parseSocketAddress(address, port)
	if errors.Is(err, errCannotConnect) {
		return c.refused(err)
	} else if err != nil {
		return err
	}
	return c.Park(func(ctx context.Context, results *abi.Writer) error {
		ctx, cancel := context.WithTimeout(ctx, cmp.Or(on.timeout, connectTimeout))
		defer cancel()
		conn, err := s.dial(ctx, target.network, target.address)
		if err == nil && secure {
			conn, err = s.handshake(ctx, conn, target.host, options)
		}
		if mistake := (*optionError)(nil); errors.As(err, &mistake) {
			return mistake
		}
		if denied := (*DeniedError)(nil); errors.As(err, &denied) {
			return denied
		}
		if unknown := (*net.DNSError)(nil); errors.As(err, &unknown) && unknown.IsNotFound {
			return fmt.Errorf("connect: cannot parse destination address '%s'", address)
		}
		if err != nil {
			results.Nil()
			if reason := errCannotConnect.Error(); options.verify { // which HAProxy cannot, so that nobody compares the words
				results.String(reason + ": " + err.Error())
			} else {
				results.String(reason)
			}
			return nil
		}
		on.connected(conn)
		results.Int(1)
		return nil
	})
}

// optional takes a string that may be missing.
func (c *Call) optional() (string, error) {
	next := c.Arguments
	if next.Next().Type == abi.Nil {
		c.Next()
		return "", nil
	}
	return c.name()
}

// refused writes nil and a message.
func (c *Call) refused(err error) error {
	c.Results.Nil()
	c.Results.String(err.Error())
	return nil
}

func socketSend(c *Call) error {
	s, err := c.socket()
	if err != nil {
		return err
	}
	if !c.Arguments.More() {
		return errors.New("'send' needs between 2 and 4 arguments")
	}
	text, err := c.String()
	if err != nil {
		return err
	}
	text, err = c.substring(text)
	if err != nil {
		return err
	}
	if s == nil || s.conn == nil {
		c.Results.Int(-1)
		return nil
	}
	data := append([]byte(nil), text...)
	return c.Park(func(ctx context.Context, results *abi.Writer) error {
		if err := s.send(ctx, data); err != nil {
			results.Int(-1)
		} else {
			results.Int(int64(len(data)))
		}
		return nil
	})
}

// substring takes two optional positions, and cuts text as string.sub does.
func (c *Call) substring(text []byte) ([]byte, error) {
	bounds := [2]int64{1, -1}
	for i := range bounds {
		next := c.Arguments
		if next.Next().Type == abi.Nil {
			c.Next()
			continue
		}
		n, err := c.Int()
		if err != nil {
			return nil, err
		}
		bounds[i] = n
	}
	length := int64(len(text))
	for i, n := range bounds {
		if n < 0 {
			bounds[i] = max(n+length+1, 0)
		}
	}
	first, last := max(bounds[0], 1), min(bounds[1], length)
	if first > last {
		return nil, nil
	}
	return text[first-1 : last], nil
}

func (s *socketFunctions) receive(c *Call) error {
	from, err := c.socket()
	if err != nil {
		return err
	}
	format, err := c.receivePattern(s.maxRead)
	if err != nil {
		return err
	}
	prefix, err := c.optional()
	if err != nil {
		return err
	}
	if c.Arguments.More() {
		return errors.New("The 'receive' function requires between 1 and 3 arguments.") //nolint:staticcheck // HAProxy's words
	}
	if format.letter == 0 { // what is wanted includes the prefix
		if format.count <= len(prefix) {
			c.Results.String(prefix)
			return nil
		}
		format.count -= len(prefix)
	}
	if from == nil || from.conn == nil || ready([]readFormat{format}, from.buffered()) {
		return s.received(context.Background(), from, format, prefix, &c.Results)
	}
	return c.Park(func(ctx context.Context, results *abi.Writer) error {
		return s.received(ctx, from, format, prefix, results)
	})
}

func (s *socketFunctions) received(ctx context.Context, from *socket, format readFormat, prefix string, results *abi.Writer) error {
	var data []byte
	complete := false
	if from != nil {
		var err error
		data, complete, err = from.receive(ctx, format, s.maxRead)
		if err != nil {
			return tooLarge(s.maxRead)
		}
	}
	if !complete && len(data)+len(prefix) == 0 {
		results.Nil()
		results.String(errSocketClosed.Error())
		return nil
	}
	results.StringBytes(append([]byte(prefix), data...))
	return nil
}

// receivePattern takes what socket:receive is to read; a line when it is missing.
func (c *Call) receivePattern(limit int) (readFormat, error) {
	v := c.Next()
	if n, ok := ToFloat(v); ok {
		switch {
		case n < 0:
			return readFormat{}, errors.New("Unsupported size.") //nolint:staticcheck // HAProxy's words
		case n > float64(limit):
			return readFormat{}, tooLarge(limit)
		}
		return readFormat{count: int(n)}, nil
	}
	if v.Type != abi.String {
		return readFormat{letter: 'l'}, nil
	}
	switch string(v.Bytes) {
	case "*l":
		return readFormat{letter: 'l'}, nil
	case "*a":
		return readFormat{letter: 'a'}, nil
	}
	return readFormat{}, errors.New("Unsupported pattern.") //nolint:staticcheck // HAProxy's words
}

func socketSettimeout(c *Call) error {
	s, err := c.socket()
	if err != nil {
		return err
	}
	given := c.Arguments.More()
	value := c.Next()
	timeout, ok := ToFloat(value)
	switch {
	case !given || c.Arguments.More():
		return errors.New("'settimeout' needs 2 arguments")
	case s == nil:
		return errors.New("socket: not yet initialised, you can't set timeouts.") //nolint:staticcheck // HAProxy's words
	case !ok || math.IsNaN(timeout):
		return fmt.Errorf("bad argument #1 to 'settimeout' (number expected, got %s)", value.Type)
	case timeout < 0:
		return errors.New("settimeout: cannot set negatives values")
	case timeout > math.MaxInt32/1000.0:
		return errors.New("settimeout: cannot set values larger than 2147483647 ms")
	}
	s.timeout = max(seconds(timeout), minimumTimeout)
	c.Results.Int(1)
	return nil
}

func socketName(c *Call, which func(net.Conn) net.Addr) error {
	s, err := c.socket()
	if err != nil {
		return err
	}
	if s == nil || s.conn == nil {
		c.Results.Nil()
	} else {
		c.Results.String(showAddress(which(s.conn)))
	}
	return nil
}

func socketClose(c *Call) error {
	handle := c.Arguments
	s, err := c.socket()
	if err != nil {
		return err
	}
	if s != nil {
		c.Execution.Release(uint32(handle.Next().Int))
		s.Close()
	}
	c.Results.Handle(0)
	return nil
}
