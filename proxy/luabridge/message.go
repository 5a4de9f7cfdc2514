package luabridge

import (
	"fmt"
	"strconv"

	"tidelock/host"
	"tidelock/proxy/filter"
)

// messageFunctions are the methods of the class HTTPMessage that neither Channel nor HTTP has.
var messageFunctions = func() host.Functions {
	all := host.Functions{}
	for direction, isResponse := range map[string]bool{"req": false, "res": true} {
		for name, f := range map[string]func(c *host.Call, ch *filter.Channel) error{
			"eom": messageEnd, "set_eom": messageSetEnd(true), "unset_eom": messageSetEnd(false), "get_stline": startLine,
		} {
			all["message."+direction+"_"+name] = func(c *host.Call) error {
				b, err := bufferOf(c, isResponse)
				if err != nil {
					return err
				}
				channel, ok := b.(*filter.Channel)
				if !ok {
					return errNoFilter
				}
				return f(c, channel)
			}
		}
	}
	return all
}()

// messageEnd is eom() -> boolean.
func messageEnd(c *host.Call, ch *filter.Channel) error {
	c.Results.Bool(ch.Final())
	return nil
}

// messageSetEnd is set_eom() and unset_eom().
func messageSetEnd(final bool) func(*host.Call, *filter.Channel) error {
	return func(_ *host.Call, ch *filter.Channel) error {
		ch.SetFinal(final)
		return nil
	}
}

// startLine is get_stline() -> {method, uri, version} or {version, code, reason}, all of them strings.
func startLine(c *host.Call, ch *filter.Channel) error {
	m := ch.Message
	if m == nil || m.Empty() {
		c.Results.Nil()
		return nil
	}
	major, minor := m.Version()
	parts := map[string]string{"version": fmt.Sprintf("HTTP/%d.%d", major, minor)}
	if m.IsRequest() {
		parts["method"], parts["uri"] = string(m.Method()), string(m.URI())
	} else {
		parts["code"], parts["reason"] = strconv.Itoa(m.Status()), string(m.Reason())
	}
	table := c.Results.BeginTable()
	for name, text := range parts {
		c.Results.String(name)
		c.Results.String(text)
	}
	c.Results.EndTable(table)
	return nil
}
