package luabridge

import (
	"bytes"
	"slices"
	"sync"

	"tidelock/abi"
	"tidelock/host"
	"tidelock/proxy/capability"
	"tidelock/proxy/log"
)

// Headers with credentials, which scripts read only where that is granted, by the messages that have them.
var (
	requestCredentials  = []string{"authorization", "cookie", "proxy-authorization"}
	responseCredentials = []string{"set-cookie"}
	credentials         = slices.Concat(requestCredentials, responseCredentials)
)

// hiddenHeaders are those that scripts find left out of tables, by name, each with whether the log has told so.
type hiddenHeaders map[string]*sync.Once

func newHiddenHeaders(granted *capability.Set) hiddenHeaders {
	hidden := hiddenHeaders{}
	for _, name := range credentials {
		if !slices.Contains(granted.ReadHeaders, name) {
			hidden[name] = new(sync.Once)
		}
	}
	return hidden
}

// visibleHeaders makes the door of a function that returns all headers: those that the scripts must not see are left out, and
// the log says so once, for whoever wonders where they are.
func visibleHeaders(get func(direction, *guard) host.Function, d direction) door {
	return func(g *guard, _ host.Function) host.Function { return get(d, g) }
}

// hides reports whether a header is to be left out. g may be nil.
func (g *guard) hides(name string) bool {
	if g == nil || g.hidden[name] == nil {
		return false
	}
	g.hidden[name].Do(func() {
		denied := &capability.Denial{Capability: "read-headers", Value: name, Why: "left out of a table of headers"}
		whose := "Lua"
		if alias := g.image.kind.alias; alias != "" {
			whose = "bundle '" + alias + "'"
		}
		g.image.bridge.config.Log(g.image.life, log.Warning, whose+": "+denied.Error())
	})
	return true
}

// setsHeader is the door of methods whose first argument is the header that they change.
func setsHeader(g *guard, f host.Function) host.Function {
	q := g.about("set-headers")
	return behind(f, 1, func(name string) error { return q.ask(lowerName([]byte(name)), "") })
}

// setsReplyHeaders is the door of txn.done(object, status, reason, headers, body).
func setsReplyHeaders(g *guard, f host.Function) host.Function {
	q := g.about("set-headers")
	return func(c *host.Call) error {
		headers := argument(c, 3)
		for entries := headers.Entries(); headers.Type == abi.Table && entries.More(); {
			name := entries.Next()
			entries.Next()
			if text, ok := host.ToText(name); ok {
				if err := q.ask(lowerName(text), ""); err != nil {
					return err
				}
			}
		}
		return f(c)
	}
}

func lowerName(name []byte) string { return string(bytes.ToLower(name)) }
