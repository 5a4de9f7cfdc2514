package sample

import (
	"strings"

	"tidelock/proxy/stream"
	"tidelock/proxy/value"
)

// farmConverters tell the state of proxies and servers whose names exchanges bring (manual, section 7.3.1).
var farmConverters = []Converter{
	{Name: "nbsrv", Input: value.String, Output: value.Integer, Convert: usableOf},
	{Name: "srv_queue", Input: value.String, Output: value.Integer, Convert: queueOf},
}

// backendOf returns the servers of the backend of a name, or nil.
func (c *Context) backendOf(name string) stream.Farm {
	if c.Stream == nil || c.Stream.Frontend == nil || c.Stream.Frontend.Directory == nil {
		return nil
	}
	p := c.Stream.Frontend.Directory.BackendNamed(name)
	if p == nil {
		return nil
	}
	return p.Farm
}

// usableOf counts the servers of a backend that new traffic could go to.
func usableOf(c *Context, _ []Argument, v value.Value) value.Value {
	if farm := c.backendOf(string(v.Data)); farm != nil {
		return value.Int(int64(farm.Usable()))
	}
	return value.Value{}
}

// queueOf counts what waits for a server, named with its backend or as one of the exchange's own.
func queueOf(c *Context, _ []Argument, v value.Value) value.Value {
	backend, server, found := strings.Cut(string(v.Data), "/")
	if !found {
		if c.Stream == nil || c.Stream.Backend == nil {
			return value.Value{}
		}
		backend, server = c.Stream.Backend.Name, backend
	}
	if farm := c.backendOf(backend); farm != nil {
		if m := farm.Member(server); m != nil {
			return serverQueue(m)
		}
	}
	return value.Value{}
}
