package sample

import (
	"time"

	"tidelock/proxy/stream"
	"tidelock/proxy/value"
)

// proxyFetches tell how the proxies of an exchange are configured, and what rules made of that.
var proxyFetches = []Fetch{
	{Name: "be_server_timeout", Output: value.Integer, Source: backend, Get: ofBackend(func(p *stream.Proxy) time.Duration { return p.ServerTimeout })},
	{Name: "be_tunnel_timeout", Output: value.Integer, Source: backend, Get: ofBackend(func(p *stream.Proxy) time.Duration { return p.TunnelTimeout })},
	{Name: "cur_server_timeout", Output: value.Integer, Source: backend, Get: currentServerTimeout},
	{Name: "cur_tunnel_timeout", Output: value.Integer, Source: backend, Get: currentTunnelTimeout},
	{Name: "dst_conn", Output: value.Integer, Source: frontend, Get: listenerConnections},
	{Name: "fe_client_timeout", Output: value.Integer, Source: frontend, Get: clientTimeout},
	{Name: "fe_defbe", Output: value.String, Source: frontend, Get: defaultBackend},
	{Name: "http_first_req", Output: value.Boolean, Source: requestMessage, Get: isFirst},
	{Name: "last_rule_file", Output: value.String, Source: internalState, Get: lastRuleFile},
	{Name: "last_rule_line", Output: value.Integer, Source: internalState, Get: lastRuleLine},
	{Name: "prio_class", Output: value.Integer, Source: internalState, Get: priorityClass},
	{Name: "prio_offset", Output: value.Integer, Source: internalState, Get: priorityOffset},
	{Name: "so_id", Output: value.Integer, Source: frontend, Get: listenerID},
	{Name: "stopping", Output: value.Boolean, Source: internalState, Get: isStopping},
}

func ofBackend(get func(*stream.Proxy) time.Duration) getter {
	return func(c *Context, _ []Argument) value.Value {
		if c.Stream.Backend == nil {
			return value.Value{}
		}
		return value.Int(get(c.Stream.Backend).Milliseconds())
	}
}

func currentServerTimeout(c *Context, _ []Argument) value.Value {
	return override(c, c.Stream.Overrides.ServerTimeout, func(p *stream.Proxy) time.Duration { return p.ServerTimeout })
}

func currentTunnelTimeout(c *Context, _ []Argument) value.Value {
	return override(c, c.Stream.Overrides.TunnelTimeout, func(p *stream.Proxy) time.Duration { return p.TunnelTimeout })
}

// override returns a timeout that rules have set, or else the backend's. Without a backend nothing is applied yet.
func override(c *Context, set time.Duration, get func(*stream.Proxy) time.Duration) value.Value {
	switch {
	case set != 0:
		return value.Int(set.Milliseconds())
	case c.Stream.Backend == nil:
		return value.Int(0)
	}
	return value.Int(get(c.Stream.Backend).Milliseconds())
}

func listenerConnections(c *Context, _ []Argument) value.Value {
	return value.Int(c.Stream.Session.Listener.Counters.Current())
}

func listenerID(c *Context, _ []Argument) value.Value {
	return value.Int(int64(c.Stream.Session.Listener.ID))
}

func clientTimeout(c *Context, _ []Argument) value.Value {
	return value.Int(c.Stream.Frontend.ClientTimeout.Milliseconds())
}

func defaultBackend(c *Context, _ []Argument) value.Value {
	return c.name(c.Stream.Frontend.DefaultBackend)
}

func isFirst(c *Context, _ []Argument) value.Value { return value.Bool(c.Stream.First) }

func lastRuleFile(c *Context, _ []Argument) value.Value { return c.name(c.Stream.LastRule.File) }

func lastRuleLine(c *Context, _ []Argument) value.Value {
	if c.Stream.LastRule.Line == 0 {
		return value.Value{}
	}
	return value.Int(int64(c.Stream.LastRule.Line))
}

func priorityClass(c *Context, _ []Argument) value.Value {
	return value.Int(int64(c.Stream.Overrides.PriorityClass))
}

func priorityOffset(c *Context, _ []Argument) value.Value {
	return value.Int(int64(c.Stream.Overrides.PriorityOffset))
}

func isStopping(c *Context, _ []Argument) value.Value {
	if c.Stream == nil || c.Stream.Frontend == nil || c.Stream.Frontend.Stopping == nil {
		return value.Bool(false)
	}
	return value.Bool(c.Stream.Frontend.Stopping.Load())
}
