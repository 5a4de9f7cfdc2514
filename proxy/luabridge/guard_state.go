package luabridge

import (
	"strings"

	"tidelock/host"
)

// What scripts reach of the process and of the proxy around their exchange.

// readEnvironment is the door of os.getenv. Where Lua looks for modules by itself is not a script's question: a bundle's are
// in the bundle, whatever the environment says.
func readEnvironment(g *guard, f host.Function) host.Function {
	q := g.about("environment")
	return func(c *host.Call) error {
		name, ok := host.ToText(argument(c, 0))
		switch {
		case !ok:
		case isModulePath(string(name)):
			if g.grant != nil {
				c.Results.Nil()
				return nil
			}
		default:
			if err := q.ask(string(name), ""); err != nil {
				return err
			}
		}
		return f(c)
	}
}

func isModulePath(name string) bool {
	return strings.HasPrefix(name, "LUA_PATH") || strings.HasPrefix(name, "LUA_CPATH")
}

// registerCommand is the door of register(kind, name, ...).
func registerCommand(g *guard, f host.Function) host.Function {
	q := g.about("commands")
	return func(c *host.Call) error {
		kind, _ := host.ToText(argument(c, 0))
		if name, ok := host.ToText(argument(c, 1)); ok && string(kind) == kindCommand {
			if err := q.ask(string(name), ""); err != nil {
				return err
			}
		}
		return f(c)
	}
}

// processVariable makes the door of functions that take a variable's name at a position. Those of an exchange are what rules and
// scripts tell each other with; those of the process outlive it, like core.shared.
func processVariable(position int) door {
	return func(g *guard, f host.Function) host.Function {
		q := g.about("shared")
		return behind(f, position, func(name string) error {
			if !strings.HasPrefix(name, "proc.") {
				return nil
			}
			return q.ask(name, "")
		})
	}
}

// changesPatterns is the door of patref.*(name, ...). A set that goes by a number here is granted by its name.
func changesPatterns(g *guard, f host.Function) host.Function {
	q := g.about("maps")
	return behind(f, 0, func(name string) error {
		set := g.image.patterns(name)
		if set == nil {
			return nil
		}
		return q.ask(set.Name(), "")
	})
}

// controlsProxy is the door of proxy.*(number).
func controlsProxy(g *guard, f host.Function) host.Function {
	return g.controls(f, func(all *inventory, number int64) string {
		if number > int64(len(all.sections)) {
			return ""
		}
		return all.sections[number-1].Name
	})
}

// controlsServer is the door of server.*(number, ...).
func controlsServer(g *guard, f host.Function) host.Function {
	return g.controls(f, func(all *inventory, number int64) string {
		if number > int64(len(all.servers)) {
			return ""
		}
		return all.sections[all.owner[number-1]-1].Name + "/" + all.servers[number-1].Name
	})
}

// controls asks for what a number stands for; f says what is wrong with one that stands for nothing.
func (g *guard) controls(f host.Function, nameOf func(all *inventory, number int64) string) host.Function {
	q := g.about("control")
	return func(c *host.Call) error {
		number, ok := host.ToInt(argument(c, 0))
		if all := g.image.bridge.inventory(); ok && number > 0 && all != nil {
			if name := nameOf(all, number); name != "" {
				if err := q.ask(name, ""); err != nil {
					return err
				}
			}
		}
		return f(c)
	}
}

// parseAddressOnly is the door of core.parse_addr, which looks names up while the configuration is read: a question to a name
// server is a message to whoever runs it.
func parseAddressOnly(g *guard, f host.Function) host.Function {
	if g.grant == nil {
		return f
	}
	return func(c *host.Call) error { return parseAddress(c, nil) }
}
