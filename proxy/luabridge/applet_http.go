package luabridge

import (
	"context"
	"errors"
	"fmt"

	"tidelock/abi"
	"tidelock/host"
	"tidelock/proxy/message"
	"tidelock/proxy/value"
)

// appletHTTPFunctions are the class AppletHTTP's own methods and members.
var appletHTTPFunctions = host.Functions{
	"applet_http.set_status":     appletSetStatus,
	"applet_http.add_header":     appletAddHeader,
	"applet_http.start_response": startResponse,

	"applet_http.method": requestText(func(m *message.Message) []byte { return m.Method() }),
	"applet_http.path":   requestText(func(m *message.Message) []byte { return m.Path() }),
	"applet_http.version": requestText(func(m *message.Message) []byte {
		major, minor := m.Version()
		return fmt.Appendf(nil, "HTTP/%d.%d", major, minor)
	}),
	"applet_http.qs":      queryString,
	"applet_http.length":  requestLength,
	"applet_http.headers": requestHeaders(nil),
}

var errStarted = errors.New("the response has started already")

// appletResponse takes the object and returns its response, made a 200 if it is nothing yet.
func appletResponse(c *host.Call) (*message.Message, error) {
	a, err := appletOf(c)
	if err != nil {
		return nil, err
	}
	if a.started {
		return nil, errStarted
	}
	return a.response(), nil
}

func (a *applet) response() *message.Message {
	m := a.client.Stream().Response
	if m.Empty() {
		m.SetResponse(200, []byte(message.ReasonOf(200)))
		m.SetVersion(a.client.Stream().Request.Version()) // a service answers as it was asked
	}
	return m
}

// appletSetStatus is applet_http.set_status(status [, reason]) -> true.
func appletSetStatus(c *host.Call) error {
	m, err := appletResponse(c)
	if err != nil {
		return err
	}
	status, reason, err := statusLine(c)
	if err != nil {
		return err
	}
	if !m.SetStatus(status, reason) {
		return errTooLarge
	}
	c.Results.Bool(true)
	return nil
}

// appletAddHeader is applet_http.add_header(name, value) -> true.
func appletAddHeader(c *host.Call) error {
	m, err := appletResponse(c)
	if err != nil {
		return err
	}
	name, content, err := header(c)
	if err != nil {
		return err
	}
	if !m.Add(name, content) {
		return refusedHeader(name, content)
	}
	c.Results.Bool(true)
	return nil
}

// startResponse is applet_http.start_response().
func startResponse(c *host.Call) error {
	a, err := appletOf(c)
	if err != nil {
		return err
	}
	if a.started {
		return errStarted
	}
	a.response()
	a.started = true
	if a.client.Ready(0) {
		return a.lost(a.client.StartResponse())
	}
	return c.Park(func(context.Context, *abi.Writer) error { return a.lost(a.client.StartResponse()) })
}

// requestText returns the function of a member that is a string.
func requestText(of func(*message.Message) []byte) host.Function {
	return func(c *host.Call) error {
		a, err := appletOf(c)
		if err == nil {
			c.Results.StringBytes(of(a.client.Stream().Request))
		}
		return err
	}
}

// queryString is applet_http.qs() -> what follows the question mark, "" without one.
func queryString(c *host.Call) error {
	a, err := appletOf(c)
	if err != nil {
		return err
	}
	query, _ := a.client.Stream().Request.Query()
	c.Results.StringBytes(query)
	return nil
}

// requestLength is applet_http.length() -> the body's length as far as the request tells it, else 0.
func requestLength(c *host.Call) error {
	a, err := appletOf(c)
	if err != nil {
		return err
	}
	length := int64(0)
	m := a.client.Stream().Request
	if i := m.Find("content-length", -1); i >= 0 {
		length, _ = value.ParseInt(m.Value(i))
	}
	c.Results.Int(length)
	return nil
}

// requestHeaders is applet_http.headers() -> {[name] = {[0] = value, ...}}, without those that g hides.
func requestHeaders(g *guard) host.Function {
	return func(c *host.Call) error {
		a, err := appletOf(c)
		if err == nil {
			putHeaders(&c.Results, a.client.Stream().Request, g)
		}
		return err
	}
}
