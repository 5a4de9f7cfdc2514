// Package httpclient sends requests that nobody proxied: those of scripts. It speaks HTTP/1.1 through the proxy's own
// codec, so that what a server sends is checked as strictly as on the way to a client, and keeps connections for reuse.
package httpclient

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"time"

	"tidelock/proxy/capability"
	"tidelock/proxy/message"
)

// HAProxy's settings of its own client, which scripts know.
const (
	connectTimeout = 5 * time.Second
	serverTimeout  = 5 * time.Second // between a request and its response, and between the pieces of one
	retries        = 3
	retryPause     = time.Second // before a server that could not be connected to is tried again
)

// Config says what a Client reaches, and how. The zero value is ready for use.
type Config struct {
	// Dial opens connections. nil: that of a zero net.Dialer. A *capability.Denial is the error of the request, not of its
	// server.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// Lookup returns an address of a name. nil: names are left to Dial.
	Lookup func(ctx context.Context, name string) (netip.Addr, bool)
	// Secure makes a connection one of TLS, for a name or an address, and closes it when that fails. nil: there is no https.
	Secure func(ctx context.Context, c net.Conn, name string) (net.Conn, error)
	// MaxBody bounds the bytes of a response's body. 0: DefaultMaxBody.
	MaxBody int
	// Log receives a line for each request, in the form of option httplog. nil: nobody reads them.
	Log func(line []byte)
}

// DefaultMaxBody is how many bytes of body a response may have unless Config says otherwise.
const DefaultMaxBody = 64 << 20

// Request is what to send.
type Request struct {
	Method  string
	URL     string
	Headers []Field
	Body    []byte
	// Network and Address say where to connect to instead of to the URL's host; empty: there.
	Network, Address string
	// Timeout is how long the server may keep silent. 0: 5 s.
	Timeout time.Duration
}

// Field is a header.
type Field struct{ Name, Value string }

// Response is what came back, or what HAProxy's client answers itself where nothing did (502, 503, 504).
type Response struct {
	Status int
	Reason string
	Head   *message.Message // the headers
	Body   []byte
}

// Errors of Do, besides that of its context. A server that fails is not one: see Response.
var (
	ErrURL      = errors.New("invalid URL: expected http://host[:port][/path] or https://...")
	ErrHeader   = errors.New("invalid header: expected a token as name, and a value without line ends")
	ErrTooLarge = errors.New("the response's body is too large")
)

// Client sends requests. It is safe for concurrent use.
type Client struct {
	config Config
	idle   pool
}

// New returns a client. Close it to end the connections that it keeps.
func New(config Config) *Client {
	if config.Dial == nil {
		config.Dial = new(net.Dialer).DialContext
	}
	if config.MaxBody <= 0 {
		config.MaxBody = DefaultMaxBody
	}
	return &Client{config: config}
}

// Settings returns what the client was made with.
func (c *Client) Settings() Config { return c.config }

// Close ends the connections that wait for reuse. Requests under way go on.
func (c *Client) Close() { c.idle.close() }

// Do sends a request and returns the response with its whole body. It ends early, with the context's error, when ctx
// ends.
func (c *Client) Do(ctx context.Context, r Request) (Response, error) {
	t, err := parseTarget(&r)
	if err != nil {
		return Response{}, err
	}
	x := exchange{client: c, request: &r, target: t, started: time.Now(), connectTime: -1, responseTime: -1, state: normal}
	if err := x.prepare(); err != nil {
		return Response{}, err
	}
	err = x.run(ctx)
	if ctx.Err() != nil {
		return Response{}, ctx.Err()
	}
	denied := (*capability.Denial)(nil)
	if !errors.Is(err, ErrTooLarge) && !errors.As(err, &denied) {
		x.log()
	}
	return x.response, err
}
