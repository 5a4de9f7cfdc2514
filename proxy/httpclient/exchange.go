package httpclient

import (
	"cmp"
	"context"
	"errors"
	"io"
	"net"
	"time"

	"tidelock/proxy/capability"
	"tidelock/proxy/errorpage"
	"tidelock/proxy/http1"
	"tidelock/proxy/message"
	"tidelock/proxy/pause"
	"tidelock/proxy/server"
)

// exchange is one request on its way, over as many connections as it takes.
type exchange struct {
	client   *Client
	request  *Request
	target   target
	sent     message.Message
	response Response

	// What the log tells.
	started                   time.Time
	connectTime, responseTime time.Duration // below 0: not reached
	tries                     int           // that failed
	received                  int64
	state                     [2]byte // how it ended, in the letters of the manual's section 8.5
}

var (
	normal          = [2]byte{'-', '-'}
	unresolved      = [2]byte{'L', 'R'}
	connectFailed   = [2]byte{'S', 'C'}
	connectTimedOut = [2]byte{'s', 'C'}
	serverClosed    = [2]byte{'S', 'H'}
	serverTimedOut  = [2]byte{'s', 'H'}
	serverBroke     = [2]byte{'P', 'H'}
	dataCut         = [2]byte{'S', 'D'}
	dataTimedOut    = [2]byte{'s', 'D'}
)

var errNoTLS = errors.New("no certificate authorities are known")

// prepare makes the request's head.
func (x *exchange) prepare() error {
	m := &x.sent
	if !m.SetRequest([]byte(x.request.Method), []byte(x.target.uri)) {
		return ErrURL
	}
	for _, f := range x.request.Headers {
		if !m.Add(f.Name, []byte(f.Value)) {
			return ErrHeader
		}
	}
	for _, f := range []Field{{"host", x.target.authority}, {"accept", "*/*"}, {"user-agent", "HAProxy"}} {
		if m.Find(f.Name, -1) < 0 && !m.Add(f.Name, []byte(f.Value)) {
			return ErrURL
		}
	}
	m.EndHeaders()
	return nil
}

// run tries until there is a response, be it one of the client's own. What fails before the response's first byte is tried
// again, as HAProxy's client does.
func (x *exchange) run(ctx context.Context) error {
	if x.target.named(x.request) && x.client.config.Lookup != nil {
		ip, known := x.client.config.Lookup(ctx, x.target.host)
		if !known {
			x.fail(503, unresolved)
			return nil
		}
		_, port, _ := net.SplitHostPort(x.target.address)
		x.target.address = net.JoinHostPort(ip.String(), port)
	}
	for reuse := true; ; reuse = false {
		c, err := x.connect(ctx, reuse)
		again, wait := true, retryPause
		if denied := (*capability.Denial)(nil); errors.As(err, &denied) {
			return denied
		} else if err != nil {
			again = !x.failConnect(err)
		} else {
			wait = 0
			var complete bool
			if complete, err = x.play(ctx, c); complete {
				return err
			}
			again = !x.failResponse(err)
		}
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case !again || x.tries == retries:
			return nil
		case !pause.For(ctx, wait):
			return ctx.Err()
		}
		x.tries++
	}
}

// connect takes a connection that waits for reuse, or opens one.
func (x *exchange) connect(ctx context.Context, reuse bool) (*server.Conn, error) {
	if reuse {
		if c := x.client.idle.take(x.place()); c != nil {
			x.connectTime = 0
			return c, nil
		}
	}
	begin := time.Now()
	ctx, cancel := context.WithTimeout(ctx, connectTimeout)
	defer cancel()
	nc, err := x.client.config.Dial(ctx, x.target.network, x.target.address)
	if err != nil {
		return nil, err
	}
	if x.target.secure {
		if x.client.config.Secure == nil {
			nc.Close()
			return nil, errNoTLS
		}
		if nc, err = x.client.config.Secure(ctx, nc, x.target.host); err != nil {
			return nil, err
		}
	}
	x.connectTime = time.Since(begin)
	return &server.Conn{Conn: http1.NewConn(nc)}, nil
}

func (x *exchange) place() place {
	at := place{network: x.target.network, address: x.target.address, secure: x.target.secure}
	if at.secure {
		at.name = x.target.host
	}
	return at
}

// play sends the request over c and receives the response. It reports whether there was one: then the error is the
// caller's.
func (x *exchange) play(ctx context.Context, c *server.Conn) (complete bool, err error) {
	// Whoever waits on the connection notices that it is closed.
	stop := context.AfterFunc(ctx, func() { c.Net().Close() })
	defer stop()
	timeout := cmp.Or(x.request.Timeout, serverTimeout)
	c.SetReadTimeout(timeout, time.Time{})
	c.SetWriteTimeout(timeout)
	begin := time.Now()
	upload := x.upload(c)
	keep := false
	defer func() {
		if !keep {
			c.Net().Close() // which ends an upload that still goes on
		}
		sent := <-upload
		if keep && sent == nil && stop() {
			x.client.idle.put(x.place(), c)
		} else {
			c.Close()
		}
	}()
	m, head, err := x.readHead(c)
	if err != nil {
		return false, err
	}
	x.responseTime, x.state = time.Since(begin), normal
	body, whole, err := x.readBody(c, m, &head)
	x.response = Response{Status: m.Status(), Reason: string(m.Reason()), Head: m, Body: body}
	keep = whole && head.KeepAlive && head.Body.Kind != http1.UntilClose
	return true, err
}

// upload sends the request in a goroutine of its own, since a server may answer before it has read it all. The channel
// gives how that ended.
func (x *exchange) upload(c *server.Conn) <-chan error {
	ended := make(chan error, 1)
	framing := http1.Framing{}
	body := x.request.Body
	if len(body) > 0 {
		framing.Kind = http1.Chunked
		if length, announced := http1.ContentLength(&x.sent); announced {
			framing = http1.Framing{Kind: http1.Length, Length: length}
			body = body[:min(int64(len(body)), length)]
		}
	}
	if err := c.WriteHead(&x.sent, framing, true, http1.Unsaid); err != nil {
		ended <- err
		return ended
	}
	if len(body) == 0 {
		ended <- c.Flush()
		return ended
	}
	go func() {
		var w http1.BodyWriter
		w.Begin(c.Conn, framing, false)
		_, err := w.Write(body)
		ended <- errors.Join(err, w.Close(nil), c.Flush())
	}()
	return ended
}

// readHead reads the head of the response, past interim ones.
func (x *exchange) readHead(c *server.Conn) (*message.Message, http1.Head, error) {
	asked := http1.Head{}
	for {
		m, head := &message.Message{}, http1.Head{}
		err := c.ReadResponse(m, &x.sent, &asked, &head)
		if err != nil || m.Status() >= 200 || m.Status() == 101 {
			return m, head, err
		}
	}
}

// readBody reads the body to its end. A body that is cut short is returned as far as it came, as HAProxy does.
func (x *exchange) readBody(c *server.Conn, m *message.Message, head *http1.Head) (body []byte, whole bool, err error) {
	var b http1.Body
	b.Begin(c.Conn, head.Body, m, nil)
	defer func() { x.received = b.Size() }()
	for {
		piece, err := b.Next()
		if err == io.EOF {
			return body, true, nil
		}
		if err != nil {
			x.state = dataCut
			if errors.Is(err, http1.ErrTimeout) {
				x.state = dataTimedOut
			}
			return body, false, nil
		}
		if len(body)+len(piece) > x.client.config.MaxBody {
			return nil, false, ErrTooLarge
		}
		body = append(body, piece...)
	}
}

// failConnect answers for a server that could not be connected to, and reports whether that is final.
func (x *exchange) failConnect(err error) (final bool) {
	timeout, unknown := net.Error(nil), (*net.DNSError)(nil)
	switch {
	case errors.As(err, &unknown) && unknown.IsNotFound:
		x.fail(503, unresolved)
		return true
	case errors.As(err, &timeout) && timeout.Timeout():
		x.fail(503, connectTimedOut)
	default:
		x.fail(503, connectFailed)
	}
	return false
}

// failResponse answers for a server that did not, and reports whether that is final.
func (x *exchange) failResponse(err error) (final bool) {
	var syntax *http1.SyntaxError
	switch {
	case errors.Is(err, http1.ErrTimeout):
		x.fail(504, serverTimedOut)
	case errors.As(err, &syntax):
		x.fail(502, serverBroke)
		return true
	default:
		x.fail(502, serverClosed)
	}
	return false
}

// fail makes the response one of the client's own. Where the name is unknown, HAProxy's has no page.
func (x *exchange) fail(status int, state [2]byte) {
	m := &message.Message{}
	if state == unresolved {
		m.SetResponse(status, []byte(message.ReasonOf(status)))
		m.Add("content-length", []byte("0"))
	} else {
		errorpage.Fill(m, status)
	}
	x.state = state
	x.response = Response{Status: status, Reason: string(m.Reason()), Head: m, Body: m.Body()}
	x.received = int64(len(x.response.Body))
}
