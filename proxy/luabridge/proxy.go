package luabridge

import (
	"errors"
	"strconv"
	"time"

	"tidelock/abi"
	"tidelock/host"
	"tidelock/proxy/command"
	"tidelock/proxy/counter"
	"tidelock/proxy/plane"
	"tidelock/proxy/server"
	"tidelock/proxy/stream"
)

// inventory is the sections of the configuration and what is in them, numbered in the order in which sections() names
// them: the numbers are what the objects of the classes Proxy, Server and Listener hold.
type inventory struct {
	sections  []plane.Section
	servers   []command.Server
	owner     []int // of each server, the number of its section
	listeners []plane.Listener
}

// inventory returns what the configuration has, nil before it is built.
func (b *Bridge) inventory() *inventory {
	if all := b.known.Load(); all != nil {
		return all
	}
	sections := b.config.Plane.Sections()
	if sections == nil {
		return nil
	}
	all := &inventory{sections: sections}
	for i, s := range sections {
		all.listeners = append(all.listeners, s.Listeners...)
		if s.Backend == nil {
			continue
		}
		for _, t := range s.Backend.Servers() {
			all.servers, all.owner = append(all.servers, command.Server{Server: t}), append(all.owner, i+1)
		}
	}
	b.known.Store(all)
	return all
}

// sectionList is core.sections() -> {{name, uuid, frontend, backend, table, servers, listeners}...}, nil while the
// configuration is read. Servers and listeners are lists of {number, name}.
func (m *image) sectionList(c *host.Call) error {
	all := m.bridge.inventory()
	if all == nil {
		c.Results.Nil()
		return nil
	}
	w := &c.Results
	list := w.BeginTable()
	server, listener := int64(0), int64(0)
	for i, s := range all.sections {
		w.Int(int64(i + 1))
		row := w.BeginTable()
		putField(w, "name", func() { w.String(s.Name) })
		putField(w, "uuid", func() { w.String(strconv.Itoa(s.ID)) })
		putField(w, "frontend", func() { w.Bool(s.FrontendCounters != nil) })
		putField(w, "backend", func() { w.Bool(s.BackendCounters != nil) })
		putField(w, "table", func() { w.Bool(s.Table != nil) })
		putField(w, "servers", func() {
			servers := w.BeginTable()
			for server < int64(len(all.servers)) && all.owner[server] == i+1 {
				t := all.servers[server]
				server++
				putNamed(w, server, t.Name, t.ID)
			}
			w.EndTable(servers)
		})
		putField(w, "listeners", func() {
			listeners := w.BeginTable()
			for n, l := range s.Listeners {
				listener++
				putNamed(w, listener, l.Name, n+1)
			}
			w.EndTable(listeners)
		})
		w.EndTable(row)
	}
	w.EndTable(list)
	return nil
}

func putField(w *abi.Writer, name string, value func()) {
	w.String(name)
	value()
}

// putNamed adds [number] = {name, id}.
func putNamed(w *abi.Writer, number int64, name string, id int) {
	w.Int(number)
	row := w.BeginTable()
	w.Int(1)
	w.String(name)
	w.Int(2)
	w.String(strconv.Itoa(id))
	w.EndTable(row)
}

var errNotConfigured = errors.New("the configuration has not been read yet")

// proxyFunctions are the methods of the classes Proxy, Server and Listener. Each takes the number of its object first.
func (m *image) proxyFunctions() host.Functions {
	functions := host.Functions{
		"core.sections": m.sectionList,

		"proxy.pause": m.onProxy(func(s *plane.Section, _ *host.Call) error { return control(s, func(f *command.Frontend) { f.Pause() }) }),
		"proxy.resume": m.onProxy(func(s *plane.Section, _ *host.Call) error {
			return control(s, func(f *command.Frontend) { f.Resume() })
		}),
		"proxy.stop":         m.onProxy(func(s *plane.Section, _ *host.Call) error { return control(s, func(f *command.Frontend) { f.Stop() }) }),
		"proxy.shut_bcksess": m.onProxy(m.shutBackups),
		"proxy.get_cap":      m.onProxy(sectionCapability),
		"proxy.get_mode":     m.onProxy(mode),
		"proxy.get_stats":    m.onProxy(proxyStatistics),
		"proxy.get_srv_act":  m.onProxy(usableServers(false)),
		"proxy.get_srv_bck":  m.onProxy(usableServers(true)),

		"listener.get_stats": m.listenerStatistics,
	}
	for name, f := range serverFunctions {
		functions["server."+name] = m.onServer(f)
	}
	functions["server.shut_sess"] = m.onServer(func(t command.Server, _ *host.Call) error { return m.shutSessions(t.Server) })
	functions["server.get_proxy"] = m.serverOwner
	functions["server.tracking"] = m.onServer(func(t command.Server, c *host.Call) error { return m.putServer(c, t.Tracked()) })
	functions["server.get_trackers"] = m.onServer(m.putTrackers)
	return functions
}

// onProxy makes a method of what is done with a section.
func (m *image) onProxy(do func(s *plane.Section, c *host.Call) error) host.Function {
	return func(c *host.Call) error {
		number, err := c.Int()
		if err != nil {
			return err
		}
		all := m.bridge.inventory()
		if all == nil {
			return errNotConfigured
		}
		if number < 1 || number > int64(len(all.sections)) {
			return errObject
		}
		return do(&all.sections[number-1], c)
	}
}

// control does something with the frontend of a section, if it has one.
func control(s *plane.Section, do func(*command.Frontend)) error {
	if s.Frontend != nil {
		do(s.Frontend)
	}
	return nil
}

// shutBackups is Proxy:shut_bcksess().
func (m *image) shutBackups(s *plane.Section, _ *host.Call) error {
	if s.Backend == nil {
		return nil
	}
	for _, t := range s.Backend.Servers() {
		if t.Backup {
			if err := m.shutSessions(t); err != nil {
				return err
			}
		}
	}
	return nil
}

// shutSessions ends the exchanges that a server has.
func (m *image) shutSessions(t *server.Server) error {
	for _, s := range m.bridge.inventory().sections {
		if s.Frontend != nil {
			s.Frontend.Kill(func(_ uint64, target *server.Server) bool { return target == t })
		}
	}
	return nil
}

// sectionCapability is Proxy:get_cap().
func sectionCapability(s *plane.Section, c *host.Call) error {
	switch {
	case s.FrontendCounters != nil && s.BackendCounters != nil:
		c.Results.String("proxy")
	case s.FrontendCounters != nil:
		c.Results.String("frontend")
	default:
		c.Results.String("backend")
	}
	return nil
}

// mode is Proxy:get_mode().
func mode(s *plane.Section, c *host.Call) error {
	if s.Mode == stream.ModeHTTP {
		c.Results.String("http")
	} else {
		c.Results.String("tcp")
	}
	return nil
}

// proxyStatistics is Proxy:get_stats(): the backend's of a listen section, as in HAProxy.
func proxyStatistics(s *plane.Section, c *host.Call) error {
	if s.BackendCounters != nil {
		return putStatistics(c, s.BackendCounters)
	}
	return putStatistics(c, s.FrontendCounters)
}

// usableServers makes Proxy:get_srv_act() and Proxy:get_srv_bck().
func usableServers(backups bool) func(*plane.Section, *host.Call) error {
	return func(s *plane.Section, c *host.Call) error {
		usable := int64(0)
		if s.Backend != nil {
			for _, t := range s.Backend.Servers() {
				if t.Backup == backups && t.Usable() {
					usable++
				}
			}
		}
		c.Results.Int(usable)
		return nil
	}
}

func (m *image) listenerStatistics(c *host.Call) error {
	number, err := c.Int()
	if err != nil {
		return err
	}
	all := m.bridge.inventory()
	if all == nil || number < 1 || number > int64(len(all.listeners)) {
		return errObject
	}
	return putStatistics(c, all.listeners[number-1].Row())
}

// putStatistics writes the columns of "show stat" that a row has, by name. There is none before the proxy serves.
func putStatistics(c *host.Call, row *counter.Row) error {
	mark := c.Results.BeginTable()
	if row != nil {
		for i, v := range row.Values(time.Now()) {
			putCount(&c.Results, counter.Columns[i].Name, v)
		}
	}
	c.Results.EndTable(mark)
	return nil
}

// putCount writes name and value of a count, unless there is none.
func putCount(w *abi.Writer, name string, v counter.Value) {
	switch v.Type {
	case "":
	case counter.Str:
		w.String(name)
		w.String(v.Text)
	default:
		w.String(name)
		w.Int(v.Number)
	}
}

// addressText is an address as get_addr tells it.
func addressText(a server.Address) string {
	if a.Network == "unix" {
		return a.Host
	}
	return a.Host + ":" + strconv.Itoa(a.Port)
}
