package luabridge

import (
	"context"
	"errors"
	"net"
	"strconv"
	"time"

	"tidelock/abi"
	"tidelock/host"
	"tidelock/proxy/config"
	"tidelock/proxy/httpclient"
)

// httpClientFunctions are the class HTTPClient's.
//
//	httpclient.send(method, url, {name, value, ...}, body, dst, timeout) -> status, reason, headers, body
func (m *image) httpClientFunctions() host.Functions {
	o := &outgoing{m.requests, m.bridge.config.Propagator}
	return host.Functions{"httpclient.send": o.send}
}

// Errors with HAProxy's words.
var (
	errNotStartable = errors.New("couldn't start the httpclient")
	errDestination  = errors.New("Can't use the 'dst' argument") //nolint:staticcheck // HAProxy's words
)

func (o *outgoing) send(c *host.Call) error {
	r := httpclient.Request{Method: string(c.Next().Bytes), URL: string(c.Next().Bytes)}
	for list := c.Next().Entries(); list.More(); {
		list.Next()
		name := string(list.Next().Bytes)
		list.Next()
		r.Headers = append(r.Headers, httpclient.Field{Name: name, Value: string(list.Next().Bytes)})
	}
	r.Body = append(r.Body, c.Next().Bytes...) // the guest's memory is another execution's while this one waits
	if destination := c.Next(); destination.Type == abi.String {
		a, err := config.ParseDestination(string(destination.Bytes))
		if err != nil {
			return errDestination
		}
		r.Network, r.Address = a.Network, net.JoinHostPort(a.Host, strconv.Itoa(a.Port))
		if a.Network == "unix" {
			r.Address = a.Path
		}
	}
	if milliseconds, ok := host.ToInt(c.Next()); ok {
		r.Timeout = time.Duration(min(max(milliseconds, 1), maxTimeout)) * time.Millisecond
	}
	if o.client == nil {
		return errNotStartable
	}
	return c.Park(func(ctx context.Context, results *abi.Writer) error {
		response, err := o.do(ctx, r)
		switch {
		case errors.Is(err, httpclient.ErrURL):
			return errNotStartable
		case err != nil:
			return err
		}
		results.Int(int64(response.Status))
		results.String(response.Reason)
		putHeaders(results, response.Head, nil)
		results.StringBytes(response.Body)
		return nil
	})
}

// maxTimeout is the longest timeout that a script can set, in milliseconds: HAProxy's clocks have no room for more.
const maxTimeout = 1<<31 - 1
