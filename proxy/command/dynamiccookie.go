package command

import (
	"tidelock/proxy/runtime"
	"tidelock/proxy/server"
)

// dynamicCookies returns the commands about cookie values that are made of servers' addresses.
func (s *Servers) dynamicCookies() []runtime.Command {
	enable := func(on bool) func(*runtime.Call) {
		return s.ofBackend(func(_ *runtime.Call, b *server.Backend) {
			b.SetDynamicCookie(func(d *server.DynamicCookie) { d.Enabled = on })
		})
	}
	return []runtime.Command{
		{Words: "disable dynamic-cookie backend", Usage: "disable dynamic-cookie backend <bk>",
			Help: "disable dynamic cookies on a specific backend", Level: runtime.Admin, Run: enable(false)},
		{Words: "enable dynamic-cookie backend", Usage: "enable dynamic-cookie backend <bk>",
			Help: "enable dynamic cookies on a specific backend", Level: runtime.Admin, Run: enable(true)},
		{Words: "set dynamic-cookie-key backend", Usage: "set dynamic-cookie-key backend <bk> <k>",
			Help: "change a backend secret key for dynamic cookies", Level: runtime.Admin, Run: s.ofBackend(setCookieKey)},
	}
}

// ofBackend makes a command of what is done with the backend that the first argument names.
func (s *Servers) ofBackend(do func(*runtime.Call, *server.Backend)) func(*runtime.Call) {
	return func(c *runtime.Call) {
		if c.Arg(0) == "" {
			c.Fail("A backend name is expected.")
			return
		}
		for _, b := range s.Backends {
			if named(c.Arg(0), b.Proxy.Name, b.Proxy.ID) {
				do(c, b.Backend)
				return
			}
		}
		c.Fail("No such backend.")
	}
}

// set dynamic-cookie-key backend <backend> <key>
func setCookieKey(c *runtime.Call, b *server.Backend) {
	if len(c.Args) < 2 {
		c.Fail("String value expected.")
		return
	}
	b.SetDynamicCookie(func(d *server.DynamicCookie) { d.Key = c.Arg(1) })
}
