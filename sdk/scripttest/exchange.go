package scripttest

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"time"

	"tidelock/abi"
	"tidelock/host"
	"tidelock/proxy/message"
	"tidelock/proxy/sample"
	"tidelock/proxy/stream"
)

// exchange is one that a test has made up. Its samples, variables and messages are real; there is no connection behind it.
type exchange struct {
	stream *stream.Stream
	body   []byte
}

// newExchange is test.exchange{method, path, headers, body, src, dst, mode} -> handle.
func (f *file) newExchange(c *host.Call) error {
	x := &exchange{}
	method, path, mode := "GET", "/", "http"
	source, destination := "127.0.0.1:40000", "127.0.0.1:80"
	var headers []field
	for entries := c.Next().Entries(); entries.More(); {
		key, v := entries.Next(), entries.Next()
		text, _ := host.ToText(v)
		switch string(key.Bytes) {
		case "method":
			method = string(text)
		case "path":
			path = string(text)
		case "mode":
			mode = string(text)
		case "src":
			source = withPort(string(text), source)
		case "dst":
			destination = withPort(string(text), destination)
		case "body":
			x.body = append(x.body, text...)
		case "headers":
			headers = fields(v)
		default:
			return fmt.Errorf("exchange: unknown field '%s': expected method, path, headers, body, src, dst or mode", key.Bytes)
		}
	}
	client, err := endpoints(source, destination)
	if err != nil {
		return err
	}
	frontend := &stream.Proxy{Name: "test", ID: 1, Mode: stream.ModeHTTP}
	if mode == "tcp" {
		frontend.Mode = stream.ModeTCP
	}
	now := f.clock.Now()
	x.stream = &stream.Stream{
		Session:  &stream.Session{Client: client, Origin: client, Frontend: frontend, Listener: &stream.Listener{}, Accepted: now},
		Frontend: frontend, Backend: frontend, Started: now, Client: client, First: true,
		RequestInput: input(x.body), Context: f.ctx, Record: stream.NewRecord(),
	}
	if frontend.Mode == stream.ModeHTTP {
		x.stream.Response = &message.Message{}
		if x.stream.Request, err = newRequest(method, path, headers, x.body); err != nil {
			return err
		}
	}
	handle, err := c.Execution.Hold(x)
	if err == nil {
		c.Results.Handle(handle)
	}
	return err
}

func newRequest(method, path string, headers []field, body []byte) (*message.Message, error) {
	m := &message.Message{}
	if !m.SetRequest([]byte(method), []byte(path)) {
		return nil, fmt.Errorf("exchange: '%s %s' is no request line", method, path)
	}
	for _, h := range headers {
		if !m.Add(h.name, []byte(h.value)) {
			return nil, fmt.Errorf("exchange: '%s: %s' is no header", h.name, h.value)
		}
	}
	if len(body) > 0 && m.Find("content-length", -1) < 0 {
		m.Add("content-length", fmt.Append(nil, len(body)))
	}
	m.EndHeaders()
	return m, nil
}

// withPort completes an address with the port of another.
func withPort(address, other string) string {
	if ip, err := netip.ParseAddr(address); err == nil {
		return netip.AddrPortFrom(ip, netip.MustParseAddrPort(other).Port()).String()
	}
	return address
}

func endpoints(source, destination string) (e stream.Endpoint, err error) {
	if e.Source, err = netip.ParseAddrPort(source); err != nil {
		return e, fmt.Errorf("exchange: src: %w", err)
	}
	if e.Destination, err = netip.ParseAddrPort(destination); err != nil {
		return e, fmt.Errorf("exchange: dst: %w", err)
	}
	return e, nil
}

// input is a body that has arrived whole.
type input []byte

func (b input) Peek() []byte                              { return b }
func (b input) Final() bool                               { return true }
func (b input) Await(time.Duration, int64) stream.Verdict { return stream.Continue }

func exchangeOf(c *host.Call) (*exchange, error) {
	o, err := c.Object()
	if err != nil {
		return nil, err
	}
	x, ok := o.(*exchange)
	if !ok {
		return nil, errors.New("not an exchange (use ':' to call a method)")
	}
	return x, nil
}

// verdicts are the names by which tests know what an action said.
var verdicts = map[stream.Verdict]string{
	stream.Continue: "continue", stream.Stop: "stop", stream.Reply: "done", stream.Deny: "deny", stream.Abort: "abort",
	stream.Failed: "error", stream.Wait: "wait", stream.SwitchHTTP: "switch-mode", stream.Tarpit: "tarpit",
}

// ruleSets are where an action may have been registered for, in the order in which they are tried.
var ruleSets = map[stream.Mode][]stream.RuleSet{
	stream.ModeHTTP: {stream.HTTPRequest, stream.HTTPResponse},
	stream.ModeTCP:  {stream.TCPRequest, stream.TCPResponse},
}

// action is exchange:action(name, ...) -> verdict.
func (f *file) action(c *host.Call) error {
	x, name, arguments, err := f.registered(c)
	if err != nil {
		return err
	}
	var failed error
	for _, set := range ruleSets[x.stream.Frontend.Mode] {
		if m := x.stream.Response; set == stream.HTTPRequest && m != nil && !m.Empty() {
			continue // a response was set: it is about that
		}
		act, err := f.scripts.BindAction(set, name, arguments)
		if err != nil {
			failed = cmp.Or(failed, err)
			continue
		}
		if m := x.stream.Response; set == stream.HTTPResponse && m.Empty() {
			m.SetResponse(200, nil)
			m.EndHeaders()
		}
		return c.Park(func(_ context.Context, results *abi.Writer) error {
			results.String(verdicts[act(x.stream)])
			return nil
		})
	}
	return failed
}

// fetch is exchange:fetch(name, ...) -> value.
func (f *file) fetch(c *host.Call) error {
	x, name, arguments, err := f.registered(c)
	if err != nil {
		return err
	}
	fetch, err := f.scripts.BindFetch(name, arguments)
	if err != nil {
		return err
	}
	return c.Park(func(_ context.Context, results *abi.Writer) error {
		putSample(results, fetch(x.stream))
		return nil
	})
}

// converter is exchange:converter(name, value, ...) -> value.
func (f *file) converter(c *host.Call) error {
	x, err := exchangeOf(c)
	if err != nil {
		return err
	}
	name, err := c.String()
	if err != nil {
		return err
	}
	bound, v := string(name), sampleOf(c.Next())
	convert, err := f.scripts.BindConverter(bound, texts(c))
	if err != nil {
		return err
	}
	return c.Park(func(_ context.Context, results *abi.Writer) error {
		putSample(results, convert(x.stream, v))
		return nil
	})
}

// registered takes an exchange, a name and arguments.
func (f *file) registered(c *host.Call) (x *exchange, name string, arguments []string, err error) {
	if x, err = exchangeOf(c); err != nil {
		return nil, "", nil, err
	}
	if f.scripts == nil {
		return nil, "", nil, errNoScript
	}
	text, err := c.String()
	return x, string(text), texts(c), err
}

var errNoScript = errors.New(`no script is loaded: call script("file.lua") at the top of the test file`)

// service is exchange:service(name) -> response.
func (f *file) service(c *host.Call) error {
	x, name, _, err := f.registered(c)
	if err != nil {
		return err
	}
	service, err := f.scripts.BindService(x.stream.Frontend.Mode, name)
	if err != nil {
		return err
	}
	return c.Park(func(_ context.Context, results *abi.Writer) error {
		client := &client{exchange: x, unread: x.body}
		if err := service.Serve(client); err != nil {
			return err
		}
		putMessage(results, x.stream.Response, client.sent.Bytes())
		return nil
	})
}

// client is the client's side of an exchange with a service.
type client struct {
	exchange *exchange
	unread   []byte
	sent     bytes.Buffer
}

func (c *client) Read(p []byte) (int, error) {
	n := copy(p, c.unread)
	c.unread = c.unread[n:]
	if n == 0 {
		return 0, io.EOF
	}
	return n, nil
}

func (c *client) Write(p []byte) (int, error) { return c.sent.Write(p) }
func (c *client) Flush() error                { return nil }
func (c *client) Ready(int) bool              { return true }
func (c *client) StartResponse() error        { return nil }
func (c *client) Stream() *stream.Stream      { return c.exchange.stream }

// request is exchange:request() -> {method, path, headers, body}.
func exchangeRequest(c *host.Call) error {
	x, err := exchangeOf(c)
	if err == nil {
		putMessage(&c.Results, x.stream.Request, x.body)
	}
	return err
}

// response is exchange:response() -> {status, reason, headers, body}, nil before there is one.
func exchangeResponse(c *host.Call) error {
	x, err := exchangeOf(c)
	if err == nil {
		var body []byte
		if m := x.stream.Response; m != nil {
			body = m.Body()
		}
		putMessage(&c.Results, x.stream.Response, body)
	}
	return err
}

// setResponse is exchange:set_response{status, headers}: what a server has answered.
func setResponse(c *host.Call) error {
	x, err := exchangeOf(c)
	if err != nil {
		return err
	}
	if x.stream.Response == nil {
		return errors.New("an exchange in mode tcp has no response")
	}
	status, headers := int64(200), []field(nil)
	for entries := c.Next().Entries(); entries.More(); {
		key, v := entries.Next(), entries.Next()
		switch string(key.Bytes) {
		case "status":
			status, _ = host.ToInt(v)
		case "headers":
			headers = fields(v)
		default:
			return fmt.Errorf("set_response: unknown field '%s': expected status or headers", key.Bytes)
		}
	}
	m := x.stream.Response
	m.Reset()
	if !m.SetResponse(int(status), nil) {
		return fmt.Errorf("set_response: %d is no status", status)
	}
	for _, h := range headers {
		if !m.Add(h.name, []byte(h.value)) {
			return fmt.Errorf("set_response: '%s: %s' is no header", h.name, h.value)
		}
	}
	m.EndHeaders()
	return nil
}

// putMessage gives a message to the test, headers of one name joined by commas.
func putMessage(w *abi.Writer, m *message.Message, body []byte) {
	if m != nil && m.Empty() {
		w.Nil()
		return
	}
	table := w.BeginTable()
	putText(w, "body", string(body))
	if m != nil {
		if m.IsRequest() {
			putText(w, "method", string(m.Method()))
			putText(w, "path", string(m.URI()))
		} else {
			w.String("status")
			w.Int(int64(m.Status()))
			putText(w, "reason", string(m.Reason()))
		}
		w.String("headers")
		headers := w.BeginTable()
		for i := m.First(); i >= 0; i = m.Next(i) {
			name := string(m.Name(i))
			if m.Find(name, -1) != i {
				continue
			}
			var values [][]byte
			for j := i; j >= 0; j = m.Find(name, j) {
				values = append(values, m.Value(j))
			}
			putText(w, name, string(bytes.Join(values, []byte(", "))))
		}
		w.EndTable(headers)
	}
	w.EndTable(table)
}

// getVariable is exchange:get_var(name) -> value.
func getVariable(c *host.Call) error {
	x, name, err := variableOf(c)
	if err != nil {
		return err
	}
	v, err := sample.Intern(name)
	if err == nil {
		putSample(&c.Results, v.Get(x.stream))
	}
	return err
}

// setVariable is exchange:set_var(name, value).
func setVariable(c *host.Call) error {
	x, name, err := variableOf(c)
	if err != nil {
		return err
	}
	v, err := sample.Intern(name)
	if err == nil {
		v.Set(x.stream, sampleOf(c.Next()))
	}
	return err
}

func variableOf(c *host.Call) (*exchange, string, error) {
	x, err := exchangeOf(c)
	if err != nil {
		return nil, "", err
	}
	name, err := c.String()
	return x, string(name), err
}
